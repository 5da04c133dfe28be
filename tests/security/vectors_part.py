"""Ways to load a part of a page from an internal address: elements, styles, hints, fonts, frames, plug-ins."""

from tests.security.vector import HTML, STYLE, SVG, Vector

XML = "Content-Type: text/xml"
XSL = "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"

ELEMENTS = {
    "img": "<img src='TARGET'>",
    "img srcset": "<img srcset='TARGET 1x'>",
    "picture": "<picture><source srcset='TARGET'><img></picture>",
    "input image": "<input type=image src='TARGET'>",
    "body background": "<body background='TARGET'>",
    "table background": "<table background='TARGET'><tr><td>a</table>",
    "video": "<video src='TARGET' autoplay muted></video>",
    "video poster": "<video poster='TARGET'></video>",
    "audio": "<audio src='TARGET' autoplay muted></audio>",
    "media source": "<video autoplay muted><source src='TARGET' type='video/webm'></video>",
    "subtitles": "<video><track default src='HERE/t.vtt'></video><video crossorigin><track default src='TARGET'></video>",
    "script": "<script src='TARGET'></script>",
    "module script": "<script type=module src='TARGET'></script>",
    "stylesheet": "<link rel=stylesheet href='TARGET'>",
    "icon": "<link rel=icon href='TARGET'>",
    "manifest": "<link rel=manifest href='TARGET'>",
    "frame": "<iframe src='TARGET'></iframe>",
    "sandboxed frame": "<iframe sandbox src='TARGET'></iframe>",
    "frameset": "<frameset><frame src='TARGET'></frameset>",
    "frame in a srcdoc frame": '<iframe srcdoc="<img src=TARGET>"></iframe>',
    "frame in a data: frame": "<iframe src='data:text/html,<img src=TARGET>'></iframe>",
    "object": "<object data='TARGET'></object>",
    "object as a document": "<object type='text/html' data='TARGET'></object>",
    "embed": "<embed src='TARGET'>",
    "pdf embed": "<embed type='application/pdf' src='TARGET'>",
    "pdf object": "<object type='application/pdf' data='TARGET'></object>",
    "pdf frame": "<iframe src='TARGET.pdf'></iframe>",
    "svg image": "<svg><image href='TARGET' width=9 height=9 /></svg>",
    "svg feImage": "<svg><filter id=f><feImage href='TARGET'/></filter><rect width=9 height=9 filter='url(#f)'/></svg>",
    "base": "<base href='http://127.0.0.1:PORT/'><img src='x'>",
}
STYLES = {
    "css background": "body { background: url(TARGET) }",
    "css import": "@import 'TARGET';",
    "css import with a layer": "@import url(TARGET) layer(a);",
    "css list style": "body { display: list-item; list-style: url(TARGET) }",
    "css content": "body::before { content: url(TARGET) }",
    "css border image": "body { border: 9px solid; border-image: url(TARGET) 9 }",
    "css mask": "body { mask-image: url(TARGET) }",
    "css shape": "body::before { content: 'a'; float: left; shape-outside: url(TARGET) }",
    "css image-set": "body { background: image-set('TARGET' 1x) }",
    "css font": "@font-face { font-family: a; src: url(TARGET) } body { font-family: a }",
}
HINTS = {
    "prefetch": "<link rel=prefetch href='TARGET'>",
    "preload": "<link rel=preload as=image href='TARGET'>",
    "preload of a font": "<link rel=preload as=font crossorigin href='TARGET'>",
    "modulepreload": "<link rel=modulepreload href='TARGET'>",
    "preconnect": "<link rel=preconnect href='http://127.0.0.1:PORT'>",
    "preconnect with credentials": "<link rel=preconnect crossorigin href='http://127.0.0.1:PORT'>",
}
# Loaded only by a full Chromium, or only as the browser sees fit.
DEPENDING = {
    *("icon", "manifest", "pdf embed", "pdf object", "subtitles", "preconnect", "preconnect with credentials"),
}

PART_VECTORS = [
    *(Vector(name, html, reaches=None if name in DEPENDING else True) for name, html in (ELEMENTS | HINTS).items()),
    *(Vector(name, f"<style>{style}</style><body>text") for name, style in STYLES.items()),
    Vector("dns-prefetch", "<link rel=dns-prefetch href='http://127.0.0.1:PORT'>", reaches=False),
    Vector("prerender", "<link rel=prerender href='TARGET'>", reaches=None),
    Vector(
        "speculation rules: prefetch",
        '<script type=speculationrules>{"prefetch": [{"urls": ["TARGET"], "eagerness": "immediate"}]}</script>',
        reaches=None,
    ),
    Vector(
        "speculation rules: prerender",
        '<script type=speculationrules>{"prerender": [{"urls": ["TARGET"], "eagerness": "immediate"}]}</script>',
        reaches=None,
    ),
    Vector(
        "header: preload", address="HERE/p", files={"p": (200, f"{HTML}\nLink: <TARGET>; rel=preload; as=image", "")}
    ),
    Vector(
        "header: preconnect",
        address="HERE/p",
        files={"p": (200, f"{HTML}\nLink: <http://127.0.0.1:PORT>; rel=preconnect", "")},
        reaches=None,
    ),
    Vector(
        "header: policy report",
        address="HERE/p",
        files={"p": (200, f"{HTML}\nContent-Security-Policy: img-src 'none'; report-uri TARGET", "<img src='x'>")},
    ),
    Vector(
        "header: reporting endpoint",
        address="HERE/p",
        files={
            "p": (
                200,
                f'{HTML}\nReporting-Endpoints: a="https://127.0.0.1:PORT/"\n'
                "Content-Security-Policy: img-src 'none'; report-to a",
                "<img src='x'>",
            )
        },
        reaches=None,
    ),
    Vector("redirected image", "<img src='HERE/go'>", files={"go": (302, "Location: TARGET", "")}),
    Vector("redirected frame", "<iframe src='HERE/go'></iframe>", files={"go": (302, "Location: TARGET", "")}),
    Vector("redirected script", "<script src='HERE/go'></script>", files={"go": (307, "Location: TARGET", "")}),
    Vector(
        "frame that refreshes",
        "<iframe src='HERE/f'></iframe>",
        files={"f": (200, HTML, "<meta http-equiv=refresh content='0; url=TARGET'>")},
    ),
    Vector(
        "style of a style",
        "<link rel=stylesheet href='HERE/s.css'>",
        files={"s.css": (200, STYLE, "@import 'TARGET';")},
    ),
    Vector(
        "image in an svg frame",
        "<iframe src='HERE/i.svg'></iframe>",
        files={
            "i.svg": (
                200,
                SVG,
                "<svg xmlns='http://www.w3.org/2000/svg'><image href='TARGET' width='9' height='9'/></svg>",
            )
        },
    ),
    Vector(
        "stylesheet of an xml document",
        "<iframe src='HERE/d.xml'></iframe>",
        files={"d.xml": (200, XML, "<?xml-stylesheet type='text/css' href='TARGET'?><a/>")},
    ),
    Vector(
        "document() of an xslt",
        "<iframe src='HERE/d.xml'></iframe>",
        files={
            "d.xml": (200, XML, "<?xml-stylesheet type='text/xsl' href='s.xsl'?><a/>"),
            "s.xsl": (
                200,
                XML,
                f"{XSL}<xsl:template match='/'><xsl:copy-of select=\"document('TARGET')\"/></xsl:template></xsl:stylesheet>",
            ),
        },
        reaches=None,
    ),
]
