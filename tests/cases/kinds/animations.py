"""Motion: finite animations at their end, endless ones at their start, others left alone."""

from tests.cases.case import BLUE, GREEN, RED, WHITE, Case

CASES = (
    Case(
        "an endless animation stands at its first keyframe",
        "/animations/endless-animation-at-its-start.html",
        size=(1280, 800),
        pixels=(
            (640, 170, GREEN, 12),
            (640, 10, BLUE),
        ),
        seen_in="microsoft/playwright#11870",
    ),
    Case(
        "an animation in a frame is at its end",
        "/animations/animation-in-a-frame.html",
        size=(1280, 800),
        pixels=(
            (640, 120, GREEN),
            (640, 10, BLUE),
        ),
    ),
    Case(
        "an endless animation in a frame stands at its start",
        "/animations/animation-in-iframe.html",
        {"viewport": {"width": 500, "height": 500}, "delayMs": 137},
        pixels=(
            (110, 180, RED),
            (290, 200, RED),
            (200, 60, WHITE),
        ),
    ),
    Case(
        "a scroll-driven animation is where the scroll position puts it",
        "/animations/scroll-driven-animation-finished.html",
        {"viewport": {"width": 500, "height": 500}},
        pixels=((400, 5, WHITE),),
    ),
    Case(
        "a smooth scroll to the fragment is at its end",
        "/animations/smooth-fragment.html#b",
        pixels=(
            (640, 10, (204, 0, 0)),
            (640, 790, (204, 0, 0)),
        ),
    ),
)
