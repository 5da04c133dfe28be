"""The whole page: inner scrollers, backdrops, right-to-left pages, content that is painted late."""

from tests.cases.case import BLUE, GREEN, MAGENTA, YELLOW, Case
from tests.cases.written import written

LIGHTBOX = """<div style='height:2400px;background:#ff0'></div>
<div style='position:fixed;inset:0;background:#00f;display:flex;align-items:center;justify-content:center'>
<img src='/colour?value=00ff00' width=200 height=200></div>"""

CASES = (
    Case(
        "the main element scrolls instead of the page",
        "/whole_page/inner-scroller.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=(
            (640, 400, GREEN),
            (640, 1200, YELLOW),
            (640, 2000, MAGENTA),
        ),
        seen_in="microsoft/playwright#12962",
    ),
    Case(
        "the body scrolls instead of the page",
        "/whole_page/body-scrolls.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=(
            (640, 400, GREEN),
            (640, 1200, YELLOW),
            (640, 2000, MAGENTA),
        ),
        seen_in="mozilla-services/screenshots#3833",
    ),
    Case(
        "a fixed backdrop covers the whole picture",
        "/whole_page/fixed-backdrop.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=(
            (640, 400, GREEN),
            (640, 2000, GREEN),
        ),
        seen_in="responsively-org/responsively-app#382",
    ),
    Case(
        "sections with content-visibility are painted",
        "/whole_page/content-visibility.html",
        {"fullPage": True},
        size=(1280, 6070),
        pixels=(
            (640, 320, GREEN),
            (640, 920, YELLOW),
            (640, 5120, GREEN),
            (640, 5720, YELLOW),
            (640, 6045, MAGENTA),
        ),
    ),
    Case(
        "a right-to-left page that is wider than the window starts at its left end",
        "/whole_page/rtl-wide.html",
        {"fullPage": True},
        size=(2000, 800),
        pixels=(
            (100, 200, YELLOW),
            (700, 200, YELLOW),
            (740, 200, GREEN),
            (1900, 200, GREEN),
        ),
        seen_in="mempool/mempool#3620",
    ),
    Case(
        "a main beside a menu and below a header grows with both",
        "/whole_page/flex-shell.html",
        {"fullPage": True},
        size=(1280, 2460),
        pixels=((640, 30, BLUE), (640, 100, GREEN), (640, 1200, YELLOW), (640, 2450, GREEN), (100, 2450, MAGENTA)),
    ),
    Case(
        "a fixed box that holds the page is unrolled",
        "/whole_page/fixed-shell.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 1200, YELLOW), (640, 2399, MAGENTA)),
    ),
    Case(
        "the row of a grid that scrolls is unrolled",
        "/whole_page/grid-shell.html",
        {"fullPage": True},
        size=(1280, 2200),
        pixels=((640, 50, BLUE), (640, 150, GREEN), (640, 900, YELLOW), (640, 2199, MAGENTA)),
    ),
    Case(
        "a box in a shadow root is unrolled",
        "/whole_page/shadow-shell.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 1200, YELLOW), (640, 2399, MAGENTA)),
    ),
    Case(
        "lazy content comes in a box that scrolls",
        "/whole_page/lazy-in-a-shell.html",
        {"fullPage": True},
        size=(1280, 4000),
        pixels=((640, 100, YELLOW), (100, 3700, GREEN), (640, 3900, GREEN)),
    ),
    Case(
        "a box is scrolled before it is unrolled",
        "/whole_page/scroll-listener-in-a-shell.html",
        {"fullPage": True},
        size=(1280, 1800),
        pixels=((640, 1700, GREEN),),
    ),
    Case(
        "a box is unrolled as far as maxHeight",
        "/whole_page/fixed-shell.html",
        {"fullPage": True, "maxHeight": 1000},
        size=(1280, 1000),
        pixels=((640, 400, GREEN), (640, 999, YELLOW)),
        told={"details.truncated": True},
    ),
    Case(
        "a fixed background image reaches over the picture, and over an element of its own",
        "/whole_page/fixed-background.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 2399, GREEN), (300, 1300, BLUE)),
    ),
    Case(
        "a backdrop without an element covers the picture",
        "/whole_page/pseudo-backdrop.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 2399, GREEN)),
    ),
    Case(
        "a picture as backdrop covers the picture",
        "/whole_page/image-backdrop.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 2399, GREEN)),
    ),
    Case(
        "a bar and a dialog with text are there once and where they were",
        "/whole_page/fixed-bar.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 25, BLUE), (640, 490, MAGENTA), (640, 700, GREEN), (640, 2399, GREEN)),
    ),
    Case(
        "what content-visibility hides stays hidden",
        "/whole_page/content-visibility-hidden.html",
        {"fullPage": True},
        size=(1280, 2700),
        pixels=((640, 2150, YELLOW), (640, 2690, GREEN)),
    ),
    Case(
        "a frame of another site far below the window is painted",
        "/whole_page/far-frame.html",
        {"fullPage": True},
        size=(1280, 2800),
        pixels=((640, 20, BLUE), (200, 2450, MAGENTA), (200, 2550, MAGENTA), (800, 2500, GREEN)),
    ),
    Case(
        "a box that grows while it is scrolled is unrolled to its end",
        "/whole_page/feed-in-a-shell.html",
        {"fullPage": True},
        size=(1280, 4000),
        pixels=((640, 100, YELLOW), (640, 3900, GREEN)),
    ),
    Case(
        "what is shown once it is in view is shown: at a pause, as long as it is in view, once all of it is",
        "/whole_page/answers-to-scrolling.html",
        {"fullPage": True},
        size=(1280, 3150),
        pixels=tuple((640, 175 + 350 * place, GREEN) for place in range(9)),
    ),
    Case(
        "a page that grows after a while, with a modal dialog over it, whose backdrop covers the picture",
        "/whole_page/more-after-a-while.html",
        {"fullPage": True},
        size=(1280, 2000),
        pixels=((640, 400, YELLOW), (640, 20, BLUE), (640, 1990, BLUE)),
    ),
    Case(
        "a box with a header that sticks is unrolled without a trace of what it showed before",
        "/whole_page/sticky-in-a-shell.html",
        {"fullPage": True},
        size=(1280, 2450),
        pixels=(
            (640, 20, BLUE),
            *((640, y, GREEN) for y in (60, 300, 500, 800)),
            (640, 900, YELLOW),
            (640, 2400, MAGENTA),
        ),
    ),
    Case(
        "a frame that fills the window is unrolled",
        "/whole_page/one-frame.html",
        {"fullPage": True},
        size=(1280, 1800),
        pixels=((640, 400, GREEN), (640, 1790, MAGENTA)),
    ),
    Case(
        "a root that is zoomed has the size that is shown",
        "/whole_page/zoomed-root.html",
        {"fullPage": True},
        size=(1280, 2000),
        pixels=((1270, 1490, BLUE), (1270, 1990, GREEN)),
    ),
    Case(
        "a body that scrolls is unrolled in quirks mode",
        "/whole_page/quirks-body.html",
        {"fullPage": True},
        size=(1280, 2500),
        pixels=((640, 1990, BLUE), (640, 2490, GREEN)),
    ),
    Case(
        "what a timer shows after the last scroll is shown",
        "/whole_page/timers.html",
        {"fullPage": True},
        size=(1280, 1800),
        pixels=((640, 1650, GREEN), (640, 1750, GREEN)),
    ),
    *(
        Case(
            f"a list that holds only the rows in view has all of them: {name}",
            f"/whole_page/rows-in-view.html?{name}",
            {"fullPage": True},
            size=(1280, 5100),
            pixels=((1200, 50, YELLOW), (1200, 125, BLUE), (1200, 175, GREEN), (1200, 4025, BLUE), (1200, 5075, GREEN)),
        )
        for name in ("removed", "recycled", "box")
    ),
    Case(
        "a picture in the middle of a backdrop stays in the window, and the backdrop covers the picture",
        written(LIGHTBOX),
        {"fullPage": True},
        size=(1280, 2400),
        pixels=((640, 400, GREEN), (640, 100, BLUE), (640, 2300, BLUE)),
    ),
)
