"""The whole page: inner scrollers, backdrops, right-to-left pages, content that is painted late."""

from tests.cases.case import GREEN, MAGENTA, YELLOW, Case

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
)
