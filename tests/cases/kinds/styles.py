"""css, hideSelectors and javascript: they stay in effect whatever the page does."""

from tests.cases.case import BLUE, GREEN, WHITE, YELLOW, Case
from tests.cases.written import written

BOX = "width:200px;height:200px;background:#ff0000"
# A host with a red box in its open shadow root; `host` are the rules for the host itself.
HOST = """
customElements.define('x-box', class extends HTMLElement {{
  connectedCallback() {{
    this.attachShadow({{mode: 'open'}}).innerHTML = `<style>{host}</style><div class=ad style='{box}'></div><slot></slot>`;
  }}
}});
"""


def hosts(host: str = ":host { display: block }", body: str = "<x-box></x-box>") -> str:
    """The path of a green page with a host whose shadow root has a red box."""
    return written(body, HOST.format(host=host, box=BOX), "00ff00")


CASES = (
    Case(
        "css passes a content security policy and trusted types",
        "/strict",
        {"css": "#banner { display: none !important }"},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 100, GREEN),
        ),
        seen_in="puppeteer/puppeteer#1229",
    ),
    Case(
        "hideSelectors pass a content security policy and trusted types",
        "/strict",
        {"hideSelectors": ["#banner"]},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 100, GREEN),
        ),
        seen_in="puppeteer/puppeteer#1229",
    ),
    Case(
        "javascript passes a content security policy and trusted types",
        "/strict",
        {"javascript": "document.querySelector('#banner').remove()"},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 100, GREEN),
        ),
        seen_in="puppeteer/puppeteer#1229",
    ),
    Case(
        "hideSelectors win over an important inline style",
        "/styles/hide-against-important.html",
        {"hideSelectors": ["#a"]},
        size=(1280, 800),
        pixels=(
            (150, 150, GREEN),
            (1100, 150, GREEN),
            (640, 10, BLUE),
        ),
        seen_in="webdriverio/visual-testing#195",
    ),
    Case(
        "hideSelectors win over an important rule in a layer",
        "/styles/hide-against-important.html",
        {"hideSelectors": ["#b"]},
        size=(1280, 800),
        pixels=(
            (470, 150, GREEN),
            (1100, 150, GREEN),
            (640, 10, BLUE),
        ),
        seen_in="webdriverio/visual-testing#195",
    ),
    Case(
        "hideSelectors hide what comes later in a shadow root",
        "/styles/hide-what-comes-later.html",
        {"hideSelectors": [".chat"], "delayMs": 1500},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (1160, 680, GREEN),
        ),
    ),
    Case(
        "css styles an SVG document",
        "/documents/svg-document.svg",
        {"css": "#banner { display: none }"},
        size=(1280, 800),
        pixels=(
            (640, 100, GREEN),
            (640, 600, GREEN),
            (640, 790, BLUE),
        ),
        seen_in="mozilla-services/screenshots#2967",
    ),
    Case(
        "css holds after the page replaced its head",
        "/styles/page-throws-our-styles-out.html",
        {"css": "body { background: #0f0 !important }", "delayMs": 900},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
    ),
    Case(
        "hideSelectors hide in a shadow root attached later",
        "/styles/hide-shadow-root-attached-later.html",
        {"viewport": {"width": 500, "height": 500}, "hideSelectors": [".ad"], "delayMs": 600},
        pixels=((50, 50, WHITE),),
    ),
    Case(
        "css styles a circle in an SVG document",
        "/styles/css-not-in-svg-document.svg",
        {"viewport": {"width": 500, "height": 500}, "css": "circle { fill: lime }"},
        pixels=((250, 250, GREEN),),
    ),
    *(
        Case(f"hideSelectors win over {name}", page, {"hideSelectors": [".ad", "x-box"]}, pixels=((50, 50, GREEN),))
        for name, page in (
            ("an important rule of a shadow host", hosts(":host { display: block !important }")),
            (
                "an important rule of a shadow host in a layer",
                hosts("@layer a { :host { display: block !important } }"),
            ),
            (
                "a box in a shadow root in a shadow root",
                hosts(
                    body="<div id=d></div><script>onload = () => { "
                    "const box = document.createElement('x-box'); d.attachShadow({mode: 'open'}).append(box) }</script>"
                ),
            ),
            (
                "an important style with an id",
                written(
                    f"<style>#a#a#a {{ display: block !important }}</style><div id=a class=ad style='{BOX}'></div>",
                    "",
                    "00ff00",
                ),
            ),
            (
                "a popover in the top layer",
                written(
                    f"<div popover class=ad id=a style='inset:0;margin:0;border:0;{BOX}'></div>",
                    "a.showPopover()",
                    "00ff00",
                ),
            ),
            (
                "a modal dialog",
                written(
                    f"<dialog class=ad id=a style='inset:0;margin:0;border:0;padding:0;display:block !important;{BOX}'></dialog>",
                    "a.showModal()",
                    "00ff00",
                ),
            ),
        )
    ),
    Case(
        "hideSelectors hide in a frame, and in one that comes later",
        written(
            "<iframe style='border:0;position:absolute;left:0;top:0' srcdoc='<body bgcolor=#00ff00><p class=ad style=height:100px;background:red>'></iframe>",
            "setTimeout(() => { const later = document.querySelector('iframe').cloneNode(); later.style.left = '400px'; document.body.append(later) }, 300)",
        ),
        {"hideSelectors": [".ad"], "delayMs": 800},
        pixels=((50, 60, GREEN), (450, 60, GREEN)),
    ),
    Case(
        "hideSelectors hide in a frame of another site",
        written(
            script="const frame = document.createElement('iframe'); frame.style.border = 0; frame.src = 'http://localhost:' + location.port "
            "+ '/written?colour=00ff00&body=<p class=ad style=margin:0;height:100px;background:red>'; document.body.append(frame)"
        ),
        {"hideSelectors": [".ad"]},
        pixels=((50, 60, GREEN),),
    ),
    *(
        Case(f"css wins over {name}", page, {"css": css}, pixels=((50, 50, GREEN),))
        for name, page, css in (
            (
                "an important inline style",
                written("<div id=a style='width:200px;height:200px;background:red !important'></div>"),
                "#a { background: #00ff00 !important }",
            ),
            (
                "an important inline shorthand",
                written("<div id=a style='width:200px;height:200px;background:red !important'></div>"),
                "#a { background-color: #00ff00 !important }",
            ),
            (
                "an important rule in a layer",
                written(
                    "<style>@layer a { #a { background: red !important } }</style><div id=a style='width:200px;height:200px'></div>"
                ),
                "#a { background: #00ff00 !important }",
            ),
            (
                "an important rule in a layer in a media query",
                written(
                    "<style>@media (width > 1px) { @layer a { #a { background: red !important } } }</style><div id=a style='width:200px;height:200px'></div>"
                ),
                "@media screen { #a { background: #00ff00 !important } }",
            ),
            (
                "an important rule of a shadow host",
                hosts(":host { display: block; width: 200px; height: 200px; background: red !important }"),
                "x-box { background: #00ff00 !important } .ad { display: none }",
            ),
            ("what a shadow root says", hosts(), ".ad { background: #00ff00 !important }"),
            (
                "a page that drops all adopted sheets",
                written(script="setInterval(() => { document.adoptedStyleSheets = [] }, 50)"),
                "body { background: #00ff00 !important }",
            ),
            (
                "a page that drops each new style element",
                written(
                    "<style>@layer a { body { background: red !important } }</style>",
                    "new MutationObserver((all) => { for (const {addedNodes} of all) for (const node of addedNodes) if (node.localName === 'style') node.remove() }).observe(document, {childList: true, subtree: true})",
                ),
                "body { background: #00ff00 !important }",
            ),
        )
    ),
    Case(
        "css that imports a sheet",
        written(),
        {"css": "@import url('data:text/css,body{background:%2300ff00 !important}');", "delayMs": 300},
        pixels=((50, 50, GREEN),),
    ),
    Case(
        "rules of css that are not important keep their place behind the page's",
        written(
            "<style>div { height: 200px; background: red } #a { background: #0000ff !important }</style>"
            "<div id=a></div><div id=b></div>"
        ),
        {"css": "#b { background: #00ff00 } #a { background: red }"},
        pixels=((50, 50, BLUE), (50, 300, GREEN)),
    ),
    Case(
        "css and hideSelectors in an XHTML document",
        "/styles/page.xhtml",
        {"css": "body { border-top: 20px solid yellow !important }", "hideSelectors": [".ad"]},
        pixels=((50, 10, YELLOW), (50, 60, GREEN)),
    ),
    Case(
        "css and hideSelectors in a plain XML document with a sheet",
        "/styles/feed.xml",
        {"css": "feed { border-top: 20px solid yellow !important }", "hideSelectors": ["ad"]},
        pixels=((50, 10, YELLOW), (50, 60, GREEN)),
    ),
    Case(
        "hideSelectors hide in an SVG document",
        "/documents/svg-document.svg",
        {"hideSelectors": ["#banner"]},
        pixels=((640, 100, GREEN),),
    ),
    Case(
        "css and hideSelectors win over more specific rules, nested ones, and in a closed shadow root",
        "/styles/more-specific.html",
        {
            "css": ".box, .box::before { background: #00f !important } #c { & .inner { background: #00f !important } }",
            "hideSelectors": ["#again", ".hidden"],
        },
        pixels=(*((100, y, BLUE) for y in (50, 150, 250, 350)), (100, 450, GREEN)),
    ),
    Case(
        "css and hideSelectors hold, and a click lands, in closed shadow roots that came with the HTML",
        "/styles/closed-in-the-html.html",
        {"css": ".blue { background: #00f !important }", "hideSelectors": [".hidden"], "clickSelectors": ["#b"]},
        pixels=((640, 50, BLUE), (100, 150, GREEN), (640, 400, GREEN)),
    ),
    Case(
        "css and hideSelectors win against a page that undoes them all the time, and against slots and parts",
        "/styles/fights-back.html",
        {
            "css": "\ufeff.box, x-box::part(inner) { background: #00ff00 !important } "
            "#g, #h { @media screen { background: #00ff00 !important } }",
            "hideSelectors": [".ad", "#e::before"],
        },
        pixels=tuple((50, y, GREEN) for y in range(50, 800, 100)),
    ),
    Case(
        "css for paper wins over an important inline style in a pdf",
        written("<div id=a style='height:200px;background:red !important'></div>"),
        {"css": "@media print { #a { background: #00ff00 !important } }", "format": "pdf"},
        pixels=((100, 100, GREEN, 8),),
    ),
)
