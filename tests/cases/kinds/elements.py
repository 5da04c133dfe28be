"""One element: wherever it is on the page, whole and with all its edges."""

from tests.cases.case import BLACK, BLUE, GREEN, RED, Case

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
)
