"""The device: pointer, screen, orientation, client hints, language, time zone, place."""

from tests.cases.case import BLUE, GREEN, YELLOW, Case

CASES = (
    Case(
        "a desktop hovers with a fine pointer",
        "/emulation/pointer-media.html",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        seen_in="microsoft/playwright#3922",
    ),
    Case(
        "a phone's client hint says mobile",
        "/emulation/mobile-client-hint.html",
        {"device": "Pixel 7"},
        pixels=(
            (500, 10, BLUE),
            (500, 1000, GREEN),
        ),
        seen_in="microsoft/playwright#29159",
    ),
    Case(
        "a worker has the time zone and the language",
        "/emulation/overrides-in-a-worker.html",
        {"timezone": "Asia/Tokyo", "locale": "ja-JP", "delayMs": 500},
        size=(1280, 800),
        pixels=(
            (100, 70, GREEN),
            (300, 70, GREEN),
            (640, 10, BLUE),
        ),
        told={"title": "Asia/Tokyo ja-JP"},
        seen_in="microsoft/playwright#39132",
    ),
    Case(
        "a page without a viewport tag is 980 pixels wide on a phone",
        "/emulation/phone-without-meta-viewport.html",
        {"device": "iPhone 15"},
        size=(1179, 1977),
        pixels=(
            (400, 900, GREEN),
            (820, 900, GREEN),
            (870, 900, YELLOW),
            (1150, 900, YELLOW),
        ),
    ),
    Case(
        "geolocation grants its permission",
        "/emulation/geolocation-denied.html",
        {"viewport": {"width": 500, "height": 500}, "geolocation": {"latitude": 10, "longitude": 20}, "delayMs": 500},
        host="localhost",
        told={"title": "10"},
    ),
    Case(
        "a small desktop window hovers too",
        "/emulation/hover-none-on-desktop.html",
        {"viewport": {"width": 500, "height": 500}},
        pixels=((5, 5, GREEN),),
    ),
    Case(
        "a phone in landscape says so",
        "/emulation/phone-orientation.html",
        {"device": "iPhone 6 landscape"},
        told={"title": "landscape-primary 90"},
    ),
    Case(
        "client hints come with a device's user agent",
        "/emulation/client-hints-lost.html",
        {"device": "Pixel 7"},
        told={"title": "true Android"},
    ),
    Case(
        "the default locale is sent as Accept-Language",
        "/language",
        {"viewport": {"width": 500, "height": 500}},
        told={"title": "en-US"},
    ),
)
