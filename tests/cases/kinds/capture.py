"""The capture itself: the page does not notice it, and it is taken once."""

from tests.cases.case import DARK_GREEN, GREEN, YELLOW, Case

CASES = (
    Case(
        "a media query and a resize listener see one window size only",
        "/capture/capture-must-not-resize.html",
        {"fullPage": True},
        size=(1280, 2400),
        pixels=(
            (640, 400, GREEN),
            (640, 799, GREEN),
            (640, 801, YELLOW),
            (640, 2300, YELLOW),
        ),
        seen_in="reg-viz/storycap#609",
    ),
    Case(
        "a transition in a media query does not start anew for a whole page",
        "/capture/restart.html",
        {"fullPage": True},
        pixels=((300, 40, DARK_GREEN),),
    ),
    Case(
        "a transition in a media query does not start anew for an element",
        "/capture/restart.html",
        {"selector": "#n"},
        pixels=((300, 40, DARK_GREEN),),
    ),
    Case(
        "a capture that takes long is taken once",
        "/capture/slow-capture.html",
        {"viewport": {"width": 390, "height": 600, "deviceScaleFactor": 3}, "fullPage": True, "timeoutMs": 60000},
        size=(1170, 7944),
        pixels=tuple((585, y, (10, 38, 64), 45) for y in range(42, 184, 3)),
    ),
    Case(
        "a page that is taken in tiles notices nothing",
        "/capture/notes-what-it-sees.html",
        {"fullPage": True, "viewport": {"width": 1280, "height": 800}, "delayMs": 600},
        pixels=((640, 50, GREEN), (640, 150, GREEN)),
        told={"title": "nothing"},
    ),
    Case(
        "a phone's page that is taken in tiles notices nothing",
        "/capture/notes-what-it-sees.html",
        {"fullPage": True, "device": "Pixel 7", "format": "jpeg", "delayMs": 600},
        told={"title": "nothing"},
    ),
    Case(
        "a page of which an element below the window is taken notices nothing",
        "/capture/notes-what-it-sees.html",
        {"selector": "#target", "delayMs": 600},
        told={"title": "nothing"},
    ),
    Case(
        "a capture that hangs is taken of another page",
        "/freezes-once",
        pixels=((640, 400, GREEN),),
    ),
)
