"""Pages whose own variables and elements have the names of the browser's functions."""

from tests.cases.case import BLUE, GREEN, MAGENTA, YELLOW, Case
from tests.cases.written import written

# Replaces functions that our scripts might use by ones that throw or never answer.
BROKEN = """
const broken = () => { throw new Error('the page replaced it') };
for (const name of ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'getComputedStyle', 'matchMedia', 'Promise',
  'Proxy', 'Reflect', 'WeakMap', 'Map', 'CSSStyleSheet', 'MutationObserver', 'scrollTo', 'scrollBy', 'fetch', 'JSON', 'Object']) window[name] = broken;
for (const [owner, names] of [[Document, ['querySelector', 'querySelectorAll', 'getAnimations', 'createElement', 'elementFromPoint']],
  [Element, ['querySelector', 'querySelectorAll', 'matches', 'closest', 'getBoundingClientRect', 'getClientRects', 'scrollIntoView', 'getAnimations', 'remove']],
  [Array, ['map', 'filter', 'flatMap', 'forEach', 'some', 'find', 'push', Symbol.iterator]], [Function, ['call', 'bind', 'apply']],
  [EventTarget, ['addEventListener']], [Node, ['append', 'appendChild', 'contains']]])
  for (const name of names) owner.prototype[name] = broken;
Array.prototype.toJSON = String.prototype.toJSON = broken;
"""
EVERYTHING = {
    "fullPage": True,
    "css": "body { border-top: 50px solid blue !important }",
    "hideSelectors": [".ad"],
    "clickSelectors": ["button"],
    "waitForSelector": "button",
    "block": ["cookieBanners"],
}
CLICKED = "<button onclick='this.parentNode.style.background=`#00ff00`'>b</button><b class=ad>ad</b>"
NAMES = [
    "images",
    "fonts",
    "body",
    "head",
    "documentElement",
    "querySelector",
    "querySelectorAll",
    "getAnimations",
    "activeElement",
    "styleSheets",
    "adoptedStyleSheets",
    "elementFromPoint",
    "createElement",
    "createElementNS",
    "baseURI",
    "location",
    "defaultView",
    "scrollingElement",
    "title",
    "cookie",
    "forms",
    "links",
    "readyState",
    "compatMode",
    "visibilityState",
]
FORM_NAMES = [
    "getBoundingClientRect",
    "shadowRoot",
    "matches",
    "closest",
    "style",
    "parentNode",
    "parentElement",
    "children",
    "getClientRects",
    "remove",
    "scrollIntoView",
    "querySelector",
    "querySelectorAll",
    "attributes",
    "id",
    "innerText",
    "textContent",
    "isConnected",
    "assignedSlot",
    "contains",
]

CASES = (
    Case(
        "images are named images and fonts",
        "/page_globals/page-changes-its-globals-clobbered.html",
        size=(1280, 800),
        pixels=(
            (640, 400, GREEN),
            (640, 10, BLUE),
        ),
    ),
    Case(
        "requestAnimationFrame never calls back",
        "/page_globals/page-changes-its-globals-no-frames.html",
        {"fullPage": True, "timeoutMs": 15000},
        size=(1280, 2400),
        pixels=(
            (640, 400, GREEN),
            (640, 1200, YELLOW),
            (640, 2300, MAGENTA),
        ),
        told={"details.deadlineReached": False},
        seen_in="microsoft/playwright#9123",
    ),
    Case(
        "scrollX and scrollY are the page's own variables",
        "/page_globals/page-changes-its-globals-scroll-names.html",
        {"selector": "#target"},
        size=(200, 100),
        pixels=(
            (5, 50, BLUE),
            (100, 50, GREEN),
        ),
    ),
    Case("an image is named images", "/page_globals/dom-clobbering.html", {"viewport": {"width": 500, "height": 500}}),
    Case(
        "every function is replaced by one that throws",
        written(CLICKED, BROKEN),
        EVERYTHING,
        pixels=((5, 25, BLUE), (600, 600, GREEN)),
    ),
    Case(
        "the element is in a frame of a page that replaced every function",
        written(
            "<iframe width=300 height=200 srcdoc=\"<body style='margin:0'><div id=e style='height:500px;background:#00ff00'>\"></iframe>",
            BROKEN,
        ),
        {"selector": "#e"},
        size=(300, 500),
        pixels=((5, 5, GREEN), (290, 495, GREEN)),
    ),
    Case(
        "images, forms and frames have the names of the document's properties",
        "",
        EVERYTHING
        | {
            "html": "<!doctype html><body style='margin:0;background:red'>"
            + CLICKED
            + "".join(f"<img name={name}><form name={name}></form><embed name={name}>" for name in NAMES)
        },
        pixels=((5, 25, BLUE), (1000, 600, GREEN)),
    ),
    Case(
        "a form's fields have the names of its functions",
        written(
            f"<form class=ad style='display: block !important'>{''.join(f'<input name={name}>' for name in FORM_NAMES)}</form>"
            + CLICKED.replace("<button", "<button type=button"),
            colour="00ff00",
        ),
        EVERYTHING,
        pixels=((5, 25, BLUE), (1000, 600, GREEN)),
    ),
    Case(
        "the element itself is a form whose fields have the names of its functions",
        written(
            "<form style='margin:0;width:200px;height:100px;background:#00ff00'>"
            + "".join(f"<input style='display:none' name={name}>" for name in FORM_NAMES)
            + "</form>",
        ),
        {"selector": "form", "waitForSelector": "form"},
        size=(200, 100),
        pixels=((100, 50, GREEN),),
    ),
    Case(
        "a page whose policy is a sandbox without scripts",
        written(
            "<b class=ad style='display:block !important;width:100px;height:100px;background:#0000ff'></b>",
            colour="00ff00",
            Content_Security_Policy="sandbox; default-src 'none'; style-src 'unsafe-inline'",
        ),
        {"hideSelectors": [".ad"], "css": "body { border-top: 20px solid yellow }", "fullPage": True},
        pixels=((50, 60, GREEN), (50, 10, YELLOW)),
    ),
    Case(
        "a sandboxed frame without scripts",
        written(
            "<iframe sandbox srcdoc='<p class=ad style=height:100px;background:blue>' style='border:0'></iframe>",
            colour="00ff00",
        ),
        {"hideSelectors": [".ad"]},
        pixels=((50, 60, GREEN),),
    ),
    Case(
        "a page does not see the renderer's names",
        written(
            script="setInterval(() => { document.body.style.background = "
            "[...Object.keys(window)].some((name) => /hold|renderer|shutterstep/i.test(name)) ? '#0000ff' : '#00ff00' }, 20)"
        ),
        {"hideSelectors": [".ad"], "css": "p { margin: 0 }", "delayMs": 300, "fullPage": True},
        pixels=((5, 400, GREEN),),
    ),
    Case(
        "javascript of the request runs in the page's world",
        written(script="window.paint = () => { document.body.style.background = '#00ff00' }"),
        {"javascript": "paint()"},
        pixels=((5, 400, GREEN),),
    ),
    Case(
        "a script that stops the page for a while",
        written(
            script="onload = () => setTimeout(() => { const end = Date.now() + 700; while (Date.now() < end); "
            "document.body.style.background = '#00ff00' }, 20)"
        ),
        {"fullPage": True, "delayMs": 200, "hideSelectors": ["i"]},
        pixels=((5, 400, GREEN),),
    ),
    Case(
        "elements have the names that the renderer's scripts use",
        written(
            "".join(f"<a id={name} name={name}></a>" for name in ("hold", "reaction", "kept", "samples", "grownBox"))
            + "<i style='display:block;height:50px;background:#f00'></i><p style='margin:0;height:2000px;background:#0f0'>",
            "onscroll = () => { document.body.className = scrollY }",
        ),
        {"fullPage": True, "hideSelectors": ["i"]},
        size=(1280, 2000),
        pixels=((640, 25, GREEN),),
    ),
)
