"""One element: wherever it is on the page, whole and with all its edges."""

from tests.cases.case import BLACK, BLUE, GREEN, RED, YELLOW, Case
from tests.cases.written import written

SHADOW = """setTimeout(() => { document.querySelector('x-a').attachShadow({mode: 'open'}).innerHTML =
  '<p class=inner style="margin:0;height:100px;background:#0f0">' }, 200)"""

CASES = (
    Case(
        "an element in a list is scrolled into view",
        "/elements/element-inside-scroller.html",
        {"selector": "#target"},
        size=(200, 100),
        pixels=(
            (5, 50, BLUE),
            (100, 50, GREEN),
            (195, 95, GREEN),
        ),
        seen_in="brennhill/Kaboom-Browser-AI-Devtools-MCP#597",
    ),
    Case(
        "waitForSelector waits for any match to be visible",
        "/elements/second-match-is-visible.html",
        {"waitForSelector": ".result", "timeoutMs": 10000},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 170, GREEN),
        ),
        seen_in="puppeteer/puppeteer#4356",
    ),
    Case(
        "an element that begins left of the page is cut there",
        "/elements/element-left-of-the-page.html",
        {"selector": "#a"},
        size=(150, 100),
        pixels=(
            (60, 50, GREEN),
            (145, 50, BLUE),
        ),
        seen_in="happo/happo#110",
    ),
    Case(
        "an element between device pixels has all its edges",
        "/elements/fractional-element.html",
        {"selector": "#a"},
        size=(101, 51),
        pixels=(
            (0, 25, BLUE, 8),
            (100, 25, BLUE, 8),
            (50, 0, BLUE, 8),
            (50, 50, BLUE, 8),
            (50, 25, GREEN, 8),
        ),
        seen_in="happo/happo#152",
    ),
    Case(
        "an address with a fragment does not shift the element",
        "/elements/fragment.html#target",
        {"selector": "#target"},
        size=(1280, 1520),
        pixels=(
            (640, 10, BLUE),
            (640, 1500, GREEN),
        ),
    ),
    Case(
        "an element in a box that scrolls",
        "/elements/element-in-scrolling-box.html",
        {"viewport": {"width": 500, "height": 500}, "selector": "#e"},
        pixels=((50, 50, RED),),
    ),
    Case(
        "an element in a main that scrolls",
        "/elements/element-in-app-shell.html",
        {"viewport": {"width": 500, "height": 500}, "selector": "#e"},
        pixels=((50, 50, RED),),
    ),
    Case(
        "an element between pixels keeps its right border",
        "/elements/element-fractional-loses-edge.html",
        {"viewport": {"width": 500, "height": 500}, "selector": "#e"},
        size=(53, 23),
        pixels=((0, 10, BLACK, 90),),
    ),
    Case(
        "only the visible half of an element left of the page",
        "/elements/element-left-of-page.html",
        {"viewport": {"width": 500, "height": 500}, "selector": "#e"},
        size=(50, 60),
        pixels=((25, 30, BLUE),),
    ),
    Case(
        "an element inside the window causes no resize",
        "/elements/resize-event-for-small-element.html",
        {"viewport": {"width": 500, "height": 500}, "selector": "#e"},
        told={"title": "none"},
    ),
    Case(
        "an element below the fold of a frame",
        "/elements/in-a-frame.html",
        {"selector": "#low"},
        size=(200, 100),
        pixels=((5, 50, BLUE), (15, 50, GREEN), (195, 99, GREEN)),
    ),
    Case(
        "an element in a frame of another site",
        "/elements/in-a-frame.html",
        {
            "selector": "#low",
            "javascript": "document.querySelector('iframe').src = `http://localhost:${location.port}/elements/frame-inner.html`",
        },
        size=(200, 100),
        pixels=((5, 50, BLUE), (15, 50, GREEN), (195, 99, GREEN)),
    ),
    Case(
        "an element that is taller than its frame is whole",
        "/elements/in-a-frame.html",
        {"selector": "#tall"},
        size=(200, 700),
        pixels=((5, 5, BLUE), (100, 5, GREEN), (195, 695, GREEN)),
    ),
    Case(
        "an element that is taller than its box is whole",
        "/elements/taller-than-its-box.html",
        {"selector": "#target"},
        size=(200, 910),
        pixels=((100, 2, GREEN), (100, 890, GREEN), (100, 908, BLUE)),
    ),
    Case(
        "an element in a row that scrolls sideways",
        "/elements/sideways.html",
        {"selector": "#target"},
        size=(400, 100),
        pixels=((5, 50, BLUE), (15, 50, GREEN), (399, 99, GREEN)),
    ),
    Case(
        "an element without a box of its own is where its content is",
        "/elements/contents.html",
        {"selector": "#target"},
        pixels=((60, 10, GREEN), (60, 110, GREEN)),
    ),
    Case(
        "an element to the left of the window of a page from right to left",
        "/elements/rtl.html",
        {"selector": "#target"},
        size=(200, 100),
        pixels=((5, 50, BLUE), (15, 50, GREEN), (199, 99, GREEN)),
    ),
    Case(
        "the first match that is visible is pictured",
        "/elements/hidden-first.html",
        {"selector": ".card"},
        size=(120, 80),
        pixels=((5, 5, GREEN), (119, 79, GREEN)),
    ),
    Case(
        "an element at three device pixels has no row or column of its neighbours",
        "/elements/hidden-first.html",
        {"selector": ".card", "viewport": {"width": 333, "height": 200, "deviceScaleFactor": 3}},
        size=(360, 240),
        pixels=((0, 0, GREEN), (359, 239, GREEN)),
    ),
    Case(
        "an element that is taller than both frames around it is whole",
        written(
            "<iframe width=300 height=200 style='border:0' srcdoc=\"<body style='margin:0'><p>above</p><iframe width=250 height=100 "
            "style='border:0' srcdoc='<body style=margin:0><div id=e style=height:900px;background:#00ff00>'></iframe>\"></iframe>",
        ),
        {"selector": "#e"},
        size=(250, 900),
        pixels=((5, 5, GREEN), (240, 895, GREEN)),
    ),
    Case(
        "an element below the fold of a frame in a frame",
        "/elements/frame-in-a-frame.html",
        {"selector": "#deep"},
        size=(200, 100),
        pixels=((2, 2, GREEN), (197, 97, GREEN)),
    ),
    Case(
        "an element is cut where its box cuts it, and one in closed details is not visible",
        "/elements/frame-in-a-frame.html",
        {"selector": ".cut"},
        size=(200, 60),
        pixels=((2, 2, GREEN), (197, 57, GREEN)),
    ),
    Case(
        "an area of an image map",
        "/elements/image-map.html",
        {"selector": "#square"},
        size=(100, 70),
        pixels=((2, 2, YELLOW), (97, 67, YELLOW)),
    ),
    Case(
        "an element that a bar in its own box would cover",
        "/elements/under-bars.html",
        {"selector": "#tall"},
        size=(1280, 350),
        pixels=((640, 5, GREEN), (640, 345, GREEN)),
    ),
    Case(
        "an element that bars at the bottom of the window would cover",
        "/elements/under-bars.html",
        {"selector": "#low"},
        size=(1280, 60),
        pixels=((640, 5, GREEN), (640, 55, GREEN)),
    ),
    Case(
        "an element in a box that is zoomed",
        "/elements/scaled-boxes.html",
        {"selector": "#zoomed"},
        size=(600, 150),
        pixels=((5, 5, GREEN), (590, 145, GREEN)),
    ),
    Case(
        "an element in a box that is scaled",
        "/elements/scaled-boxes.html",
        {"selector": "#scaled"},
        size=(200, 50),
        pixels=((5, 5, GREEN), (190, 45, GREEN)),
    ),
    Case(
        "a selector leads into a shadow root",
        written("<main><x-a></x-a></main>", SHADOW, "0000ff"),
        {"selector": "main x-a .inner", "waitForSelector": "x-a .inner"},
        size=(1280, 100),
        pixels=((640, 50, GREEN),),
    ),
    *(
        Case(
            f"the stroke of a shape belongs to it: {name}",
            "/elements/svg-strokes.html",
            {"selector": f"#{name}"},
            size=size,
            pixels=((2, 2, GREEN), (size[0] - 3, size[1] - 3, GREEN)),
            seen_in="microsoft/playwright#15271",
        )
        for name, size in (("line", (200, 20)), ("square", (120, 120)))
    ),
    Case(
        "a line without a height is waited for and clicked",
        "/elements/svg-strokes.html",
        {"waitForSelector": "#line", "clickSelectors": ["#line"]},
        pixels=((400, 400, YELLOW),),
    ),
    *(
        Case(
            f"a box cuts off its content where it does it on the screen: {name}",
            "/elements/cut-by-boxes.html",
            {"selector": f"#{name}"},
            size=size,
            pixels=((1, 1, GREEN), (size[0] - 2, size[1] - 2, GREEN)),
        )
        for name, size in (
            ("border", (200, 100)),
            ("contain", (200, 100)),
            ("margin", (180, 120)),
            ("beside", (100, 80)),
            ("floats", (120, 80)),
        )
    ),
    *(
        Case(
            f"an element that is taller than the window is whole: {name}",
            f"/elements/in-dialogs.html#{name}",
            {"selector": f"#{name} .tall"},
            size=(1280 if name == "shell" else 600, 1500),
            pixels=((100, 5, GREEN), (100, 1390, GREEN), (100, 1490, BLUE)),
        )
        for name in ("shell", "centre", "translated", "framed", "modal")
    ),
    Case(
        "an element that scripts move without end is captured where it was measured",
        written(
            "<div id=road><div id=car style='width:100px;height:100px;background:linear-gradient(#0f0 50%,#00f 50%)'>",
            "const go = (now) => { road.style.transform = `translate(${now / 3 % 400}px, ${now / 7 % 300}px)`; "
            "requestAnimationFrame(go) }; requestAnimationFrame(go)",
        ),
        {"selector": "#car"},
        size=(100, 100),
        pixels=((0, 0, GREEN), (99, 0, GREEN), (0, 99, BLUE), (99, 99, BLUE)),
    ),
)
