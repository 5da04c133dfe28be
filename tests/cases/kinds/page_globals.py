"""Pages whose own variables and elements have the names of the browser's functions."""

from tests.cases.case import BLUE, GREEN, MAGENTA, YELLOW, Case

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
)
