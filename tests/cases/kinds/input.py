"""Clicks and scripts of the request."""

from tests.cases.case import BLUE, GREEN, Case
from tests.cases.written import written

PAINT = "document.body.style.background=`#00ff00`"

CASES = (
    Case(
        "a click on an SVG element",
        "/input/click-on-svg.html",
        {"clickSelectors": ["#close"]},
        size=(1280, 800),
        pixels=(
            (80, 80, BLUE),
            (640, 400, GREEN),
        ),
        seen_in="Xceptance/neodymium#369",
    ),
    Case(
        "a promise of javascript is awaited",
        "/input/javascript-promise-not-awaited.html",
        {
            "viewport": {"width": 500, "height": 500},
            "javascript": "(async () => { await new Promise((resolve) => setTimeout(resolve, 400)); "
            "document.querySelector('div').style.background = 'lime' })()",
        },
        pixels=((5, 5, GREEN),),
    ),
    *(
        Case(f"a click on {name}", page, {"clickSelectors": ["#a"], **options}, pixels=((600, 600, GREEN),))
        for name, page, options in (
            (
                "a menu that opens on pointerdown",
                written("<button id=a>m</button>", f"a.onpointerdown = () => {{ {PAINT} }}"),
                {},
            ),
            (
                "a menu that opens where the mouse is over it",
                written("<div id=a>m</div>", f"a.onmouseenter = () => {{ {PAINT} }}"),
                {},
            ),
            (
                "a button that wants trusted events",
                written(
                    "<button id=a>m</button>",
                    f"a.onclick = (event) => {{ if (event.isTrusted && event.detail === 1) {PAINT} }}",
                ),
                {},
            ),
            (
                "an element far down",
                written(f"<div style=height:5000px></div><button id=a onclick='{PAINT}'>m</button>"),
                {},
            ),
            (
                "an element in a scrolling box",
                written(
                    f"<div style='height:100px;overflow:auto'><div style=height:3000px></div><button id=a onclick='{PAINT}'>m</button></div>"
                ),
                {},
            ),
            (
                "an element under a sticky header",
                written(
                    "<div style='position:sticky;top:0;height:300px;background:blue'></div><div style='height:2900px'></div>"
                    f"<button id=a onclick='{PAINT}'>m</button><div style='height:3000px'></div>",
                    "onload = () => scrollTo(0, 3150)",
                ),
                {"fullPage": True},
            ),
            (
                "a page that scrolls smoothly",
                written(
                    f"<style>html {{ scroll-behavior: smooth }}</style><div style=height:5000px></div><button id=a onclick='{PAINT}'>m</button>"
                ),
                {},
            ),
            (
                "an element that slides in",
                written(
                    f"<style>@keyframes in {{ from {{ margin-left: 900px }} }}</style><button id=a style='animation:in 700ms' onclick='{PAINT}'>m</button>"
                ),
                {},
            ),
            (
                "an element that something covers for a while",
                written(
                    f"<button id=a onclick='{PAINT}'>m</button><div id=b style='position:fixed;inset:0'></div>",
                    "setTimeout(() => b.remove(), 900)",
                ),
                {},
            ),
            (
                "a button that is enabled later",
                written(
                    f"<button id=a disabled onclick='{PAINT}'>m</button>",
                    "setTimeout(() => { a.disabled = false }, 700)",
                ),
                {},
            ),
            (
                "an element in a shadow root",
                written(
                    "<div id=host></div>",
                    f"host.attachShadow({{mode: 'open'}}).innerHTML = '<button id=a>m</button>'; host.shadowRoot.querySelector('#a').onclick = () => {{ {PAINT} }}",
                ),
                {},
            ),
            (
                "the second match, where the first is not visible",
                written(f"<i id=a hidden></i><button id=a onclick='{PAINT}'>m</button>"),
                {},
            ),
            (
                "a label's hidden field",
                written(
                    f"<label><input type=checkbox id=a style='position:absolute;opacity:0' onchange='{PAINT}'><b style='position:relative;display:block;width:40px;height:40px'>x</b></label>"
                ),
                {},
            ),
            (
                "a word of a link over two lines",
                written(f"<div style='width:60px'>long words <a id=a onclick='{PAINT}'>break here and there</a></div>"),
                {},
            ),
            (
                "a page on a phone without a meta viewport",
                written(
                    f"<div style='height:3000px;width:1500px'></div><button id=a style='margin-left:900px' onclick='{PAINT}'>m</button>"
                ),
                {"device": "Pixel 7"},
            ),
            (
                "text that has no box of its own",
                written(f"<p>some <span id=a style='display:contents' onclick='{PAINT}'>words</span></p>"),
                {},
            ),
            (
                "a place that a phone shows enlarged",
                written(
                    "<meta name=viewport content='width=device-width,initial-scale=2'><div style='height:2000px'></div>"
                    f"<button id=a style='margin-left:300px' onclick='{PAINT}'>m</button><div style='height:900px'></div>"
                ),
                {"device": "iPhone 15"},
            ),
            (
                "an element in a frame",
                written(
                    f"<div style=height:2000px></div><iframe style='margin-left:40px;padding:9px' srcdoc='<p style=height:1000px></p><button id=a onclick=\"parent.{PAINT}\">m</button>'></iframe>"
                ),
                {},
            ),
            (
                "an element in a frame that is scaled",
                written(
                    f"<iframe style='transform:scale(.5);transform-origin:90px 30px' srcdoc='<p></p><button id=a onclick=\"parent.{PAINT}\">m</button>'></iframe>"
                ),
                {},
            ),
            (
                "an element in a frame in a frame",
                written(
                    f"<iframe srcdoc='<iframe srcdoc=\"<button id=a onclick=&amp;quot;top.{PAINT}&amp;quot;>m</button>\"></iframe>'></iframe>"
                ),
                {},
            ),
            (
                "an element in a frame of another site",
                written(
                    "<div style=height:2000px></div>",
                    f"onmessage = () => {{ {PAINT} }}; const frame = document.createElement('iframe'); frame.src = 'http://localhost:' + location.port + '/written?' + "
                    "new URLSearchParams({body: '<p style=height:900px></p><button id=a onclick=\"parent.postMessage(1, `*`)\">m</button>'}); document.body.append(frame)",
                ),
                {},
            ),
        )
    ),
    *(
        Case(
            f"a click that cannot land: {name}",
            written(body),
            {"clickSelectors": ["#a"], "timeoutMs": 9000},
            error="Render.InvalidRequest",
        )
        for name, body in (
            ("the element is covered", "<button id=a>m</button><div style='position:fixed;inset:0'></div>"),
            ("the element is disabled", "<button id=a disabled>m</button>"),
            ("the element is in a button that is disabled", "<button disabled><b id=a>m</b></button>"),
            ("the element lies outside of the page", "<button id=a style='position:fixed;left:-500px'>m</button>"),
            ("the element takes no mouse", "<p id=a style='pointer-events:none'>m</p>"),
        )
    ),
    *(
        Case(f"javascript that {name}", written(), {"javascript": script}, error="Render.InvalidRequest")
        for name, script in (
            ("gives a promise that is rejected", "(async () => { throw new Error('no') })()"),
            ("gives a promise that is rejected with a word", "Promise.reject('no')"),
            ("gives a promise that is rejected with nothing", "Promise.reject()"),
            ("waits for one that is rejected", "await Promise.reject(new Error('no'))"),
            ("throws a number", "throw 1"),
        )
    ),
    *(
        Case(f"javascript that gives {name}", written(), {"javascript": script}, told={"title": "done"})
        for name, script in (
            ("a promise", "new Promise((done) => setTimeout(() => { document.title = 'done'; done() }, 300))"),
            ("what has a then", "({then(done) { setTimeout(() => { document.title = 'done'; done() }, 300) }})"),
            (
                "a promise where the page replaced Promise",
                "const real = (async () => {})().constructor; window.Promise = 1; "
                "new real((done) => setTimeout(() => { document.title = 'done'; done() }, 300))",
            ),
            ("the window", "document.title = 'done'; window"),
            ("statements with a comment at their end", "document.title = 'done' // here"),
        )
    ),
    Case(
        "a click on what never stands still, has no box of its own, lies in a closed shadow root or in a turned frame",
        "/input/hard-to-meet.html",
        {"clickSelectors": ["#beats", "#contents", ".closed", "#turned"]},
        pixels=((1000, 600, GREEN),),
    ),
    Case(
        "a click on an area of an image map",
        "/elements/image-map.html",
        {"clickSelectors": ["#circle"]},
        pixels=((1000, 300, GREEN),),
    ),
    Case(
        "clicks on hollow, thin and clipped shapes, and on what has no size but its content",
        "/input/shapes.html",
        {"clickSelectors": ["#ring", "#line", "#slice", "#group", "#clipped", "#floated", "#placed"]},
        pixels=((1000, 600, GREEN),),
    ),
    *(
        Case(
            f"a tap on a phone gives {name}",
            written("<meta name=viewport content='width=device-width'><button id=a>m</button>", script),
            {"device": "iPhone 15", "clickSelectors": ["#a"]},
            pixels=((600, 1500, GREEN),),
        )
        for name, script in (
            ("touch events", f"a.ontouchstart = () => {{ {PAINT} }}"),
            (
                "a pointer of the type touch",
                f"a.onpointerup = (event) => {{ if (event.pointerType === 'touch') {PAINT} }}",
            ),
            ("a trusted click", f"a.onclick = (event) => {{ if (event.isTrusted) {PAINT} }}"),
        )
    ),
    Case(
        "a tap on a phone that follows a link, without a meta viewport",
        written("<p style=width:1500px>wide</p><a id=a href='/late?ms=300'>go</a>"),
        {"device": "Pixel 7", "clickSelectors": ["#a"]},
        told={"title": "late"},
    ),
    Case(
        "javascript declares a variable that the page has",
        written(script="const body = 1; class Helper {}"),
        {"javascript": "const body = document.body; class Helper {}; await 1; body.style.background = '#00ff00'"},
        pixels=((640, 400, GREEN),),
    ),
    Case(
        "javascript whose own code declares a variable twice runs once",
        written(),
        {"javascript": "document.body.append(1); eval('let y; let y')"},
        error="Render.InvalidRequest",
    ),
)
