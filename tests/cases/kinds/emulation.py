"""The device: pointer, screen, orientation, client hints, language, time zone, place."""

from tests.cases.case import BLUE, GREEN, WHITE, YELLOW, Case

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
    *(
        Case(
            f"the hints of {device} have its form, its model and its version, in a worker too",
            "/emulation/form-factor.html",
            {"device": device, "waitForSelector": ".told"},
            told={"title": told},
        )
        for device, told in (
            ("Moto G4", "Mobile, Moto G (4), true, true, the same"),
            ("Galaxy Tab S9", "Tablet, SM-X710, false, true, the same"),
        )
    ),
    Case(
        "the default locale is sent as Accept-Language",
        "/language",
        {"viewport": {"width": 500, "height": 500}},
        told={"title": "en-US,en"},
    ),
    *(
        Case(
            f"frames and workers say what the window says, on {name}",
            "/emulation/everywhere.html",
            {**options, "waitForSelector": "body[style*=background]"},
            pixels=((300, 300, GREEN),),
            told={"title": told},
        )
        for name, options, told in (
            ("a plain browser", {}, "X11, Linux x86_64, Linux, en-US, 1,234.5, UTC"),
            (
                "a phone elsewhere",
                {"device": "Pixel 7", "locale": "de-DE", "timezone": "Asia/Tokyo"},
                "Linux, Linux armv81, Android, de-DE, 1.234,5, Asia/Tokyo",
            ),
            ("a phone without hints", {"device": "iPhone 15"}, "iPhone, iPhone, no hints, en-US, 1,234.5, UTC"),
        )
    ),
    *(
        Case(f"the screen is around the window of {name}", "/emulation/screen.html", options, told={"title": told})
        for name, options, told in (
            ("a desktop", {}, "1280x800 around 1280x800, landscape-primary 0"),
            (
                "a window wider than usual screens",
                {"viewport": {"width": 3000, "height": 3500}},
                "3000x3500 around 3000x3500, landscape-primary 0",
            ),
            ("a known desktop", {"device": "Desktop Chrome"}, "1920x1080 around 1280x720, landscape-primary 0"),
            ("a phone", {"device": "iPhone 15"}, "393x852 around 393x659, portrait-primary 0"),
            ("a turned phone", {"device": "iPhone 15 landscape"}, "852x393 around 734x343, landscape-primary 90"),
            ("a phone of no known screen", {"device": "iPhone 6"}, "375x667 around 375x667, portrait-primary 0"),
        )
    ),
    *(
        Case(f"the pointer of {name}", "/emulation/pointer.html", options, told={"title": told})
        for name, options, told in (
            (
                "a desktop",
                {"device": "Desktop Safari"},
                "(hover: hover) (any-hover: hover) (pointer: fine) (any-pointer: fine) 0",
            ),
            ("a tablet", {"device": "iPad Mini"}, "(pointer: coarse) 5"),
        )
    ),
    Case(
        "a locale and its language are sent as Accept-Language",
        "/language",
        {"locale": "vi-VN"},
        told={"title": "vi-VN,vi;q=0.9"},
    ),
    Case(
        "the request's HTML without dark colours is painted on white where dark ones are preferred",
        "",
        {"html": "<p>dark text</p>", "colorScheme": "dark"},
        pixels=((1000, 700, WHITE),),
    ),
    Case(
        "the request's HTML with dark colours is painted on them",
        "",
        {"html": "<meta name=color-scheme content='light dark'><p>light text</p>", "colorScheme": "dark"},
        pixels=((1000, 700, (18, 18, 18)),),
    ),
    Case(
        "the request's HTML has touch events on a phone, and the languages of the locale",
        "",
        {
            "html": "<title></title><script>document.title = [...navigator.languages, 'ontouchstart' in window]</script>",
            "device": "iPhone 15",
            "locale": "de-DE",
        },
        told={"title": "de-DE,de,true"},
    ),
    Case(
        "a shared worker says what the window says",
        "/emulation/shared-worker.html",
        {"device": "iPhone 15", "timezone": "Asia/Tokyo", "locale": "ja-JP", "waitForSelector": ".told"},
        told={"title": "the same"},
    ),
)
