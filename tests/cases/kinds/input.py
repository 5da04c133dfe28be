"""Clicks and scripts of the request."""

from tests.cases.case import BLUE, GREEN, Case

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
)
