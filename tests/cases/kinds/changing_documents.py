"""Documents that lead on to another one while they are rendered."""

from tests.cases.case import BLUE, GREEN, YELLOW, Case

CASES = (
    Case(
        "a Refresh header is followed",
        "/refresh",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"final_url": "/changing_documents/final.html", "title": "arrived"},
        seen_in="ariya/phantomjs#14681",
    ),
    Case(
        "css and hideSelectors hold after a late navigation",
        "/changing_documents/options-after-a-late-navigation.html",
        {"delayMs": 1800, "hideSelectors": ["#a"], "css": "#b { display: none }"},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 100, GREEN),
            (640, 300, GREEN),
        ),
    ),
    Case(
        "a script goes on shortly after load",
        "/changing_documents/page-goes-on-after-load.html",
        {"viewport": {"width": 500, "height": 500}, "fullPage": True},
        pixels=((5, 5, GREEN),),
        told={"final_url": "next.html"},
    ),
    Case(
        "a click leads to another page",
        "/changing_documents/click-that-navigates-fullpage.html",
        {"viewport": {"width": 500, "height": 500}, "clickSelectors": ["#a"], "fullPage": True},
        pixels=((5, 5, GREEN),),
    ),
    Case(
        "css and hideSelectors hold after a click leads on",
        "/changing_documents/css-and-hide-lost-after-navigation.html",
        {
            "viewport": {"width": 500, "height": 500},
            "clickSelectors": ["#a"],
            "css": "body { background: yellow !important }",
            "hideSelectors": ["p"],
            "delayMs": 500,
        },
        pixels=(
            (50, 50, YELLOW),
            (50, 300, YELLOW),
        ),
    ),
)
