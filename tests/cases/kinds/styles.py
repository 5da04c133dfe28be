"""css, hideSelectors and javascript: they hold whatever the page does."""

from tests.cases.case import BLUE, GREEN, WHITE, Case

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
)
