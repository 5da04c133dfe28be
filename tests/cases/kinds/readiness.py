"""When a page is ready: late pictures, workers that are awaited, images that never come."""

from tests.cases.case import BLUE, GREEN, MAGENTA, Case
from tests.cases.written import written

CASES = (
    Case(
        "a background image that comes when its box is revealed",
        "/readiness/background-image-on-reveal.html",
        {"fullPage": True},
        size=(1280, 3020),
        pixels=(
            (640, 10, BLUE),
            (640, 2820, GREEN),
        ),
        seen_in="puppeteer/puppeteer#4046",
    ),
    Case(
        "a page that waits for its service worker goes on",
        "/readiness/service-worker-awaited.html",
        {"delayMs": 1000},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        seen_in="mswjs/msw-storybook-addon#59",
    ),
    Case(
        "a lazy image that never comes into view is not waited for",
        "/readiness/lazy-image-never-in-view.html",
        {"fullPage": True},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 220, GREEN),
        ),
        told={"details.deadlineReached": False},
    ),
    Case(
        "a drawing on a canvas is at its end",
        "/readiness/drawn.html?of=canvas",
        pixels=((395, 100, GREEN),),
    ),
    Case(
        "a drawing in an SVG is at its end",
        "/readiness/drawn.html?of=svg",
        pixels=((395, 300, GREEN),),
    ),
    Case(
        "a drawing in a frame of another site is at its end",
        "/readiness/drawn-in-a-frame.html",
        pixels=((395, 100, GREEN), (395, 300, GREEN)),
    ),
    Case(
        "a drawing that never rests is pictured all the same",
        "/readiness/never-rests.html",
        pixels=((640, 600, GREEN),),
        told={"details.deadlineReached": False},
    ),
    Case(
        "waitUntil still waits for what a script shows shortly after load",
        "/readiness/preload.html",
        {"waitUntil": "still"},
        pixels=((640, 10, BLUE), (640, 400, GREEN)),
    ),
    Case(
        "late pictures in a shadow root, a frame and a pseudo-element are waited for",
        "/readiness/shadow-and-frame.html",
        {"fullPage": True},
        size=(1280, 3200),
        pixels=((100, 2700, BLUE), (100, 2900, GREEN), (100, 3100, MAGENTA)),
    ),
    Case(
        "a picture that nobody sees holds nobody up",
        "/readiness/counter.html",
        {"waitUntil": "domcontentloaded"},
        pixels=((640, 400, GREEN),),
        told={"details.deadlineReached": False},
    ),
    Case(
        "data, modules and pictures without a size that a page asks for once it has loaded are waited for",
        "/readiness/asks-once-it-has-loaded.html",
        pixels=((100, 100, GREEN), (100, 300, GREEN), (100, 500, BLUE)),
    ),
    Case(
        "a lazy picture whose address is one of several choices is waited for",
        written(
            "<div style='height:3000px'></div><picture><source srcset='/late-svg?ms=500&colour=00ff00'>"
            "<img loading=lazy style='display:block;width:200px;height:200px'></picture>"
        ),
        {"fullPage": True},
        size=(1280, 3200),
        pixels=((100, 3100, GREEN),),
    ),
    Case(
        "what a page asks for when it is idle, grows by itself, or shows in a font that a script brings is waited for",
        "/readiness/while-captured.html",
        pixels=((100, 100, GREEN), (100, 390, GREEN), (150, 550, GREEN)),
    ),
    Case(
        "a page that only says that it loads is waited for",
        written(
            "<div id=root>Loading…</div>",
            "onload = () => setTimeout(() => { root.textContent = ''; document.body.style.background = '#0f0' }, 700)",
        ),
        pixels=((640, 400, GREEN),),
    ),
    Case(
        "a picture that a script loads for a canvas is drawn",
        written(
            "<canvas id=map width=400 height=200 style='background:#00f'></canvas>",
            "onload = () => { const tile = new Image(); tile.onload = () => map.getContext('2d').drawImage(tile, 0, 0); "
            "tile.src = '/late-svg?ms=700&colour=00ff00' }",
        ),
        pixels=((100, 100, GREEN),),
    ),
    *(
        Case(
            f"a splash screen that a script takes away has gone, {name}",
            "/readiness/splash.html",
            options,
            pixels=((640, 100, BLUE), (640, 700, GREEN)),
            told={"details.deadlineReached": False},
        )
        for name, options in (("window", {}), ("whole page", {"fullPage": True}))
    ),
    Case(
        "a page with a frame that shows nothing but its splash screen until its script has made the rest",
        written(
            "<iframe srcdoc='' hidden></iframe><div id=app></div><div id=cover style='position:fixed;inset:0;background:#fff'>"
            "<div style='width:80px;height:80px;margin:360px auto;background:#00f'></div></div>",
            "setTimeout(() => { cover.remove(); app.innerHTML = '<div style=\"height:800px;background:#0f0\"></div>' }, 1200)",
        ),
        pixels=((640, 400, GREEN),),
    ),
)
