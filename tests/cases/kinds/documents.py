"""Unusual answers of servers and behaviour of documents: each gives a picture or a typed error."""

from tests.cases.case import BLUE, GREEN, RED, Case
from tests.cases.written import written

CASES = (
    Case(
        "WebGL is painted",
        "/documents/webgl.html",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (200, 220, GREEN),
        ),
        told={"title": "webgl"},
        seen_in="chromedp/chromedp#1073",
    ),
    Case("a PDF is no page", "/a-pdf", error="Render.InvalidRequest", seen_in="microsoft/playwright#21841"),
    Case(
        "a dark page without a background is transparent",
        "/documents/transparent-and-dark.html",
        {"omitBackground": True, "colorScheme": "dark"},
        size=(1280, 800),
        pixels=(
            (10, 10, (0, 0, 0, 0), 0),
            (200, 200, (0, 255, 0, 255)),
        ),
    ),
    Case(
        "the header's character set decodes the page",
        "/shift-jis",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"title": "テスト"},
    ),
    Case(
        "an SVG document is a page",
        "/documents/svg-document.svg",
        {"fullPage": True},
        size=(1280, 800),
        pixels=(
            (640, 100, RED),
            (640, 600, GREEN),
            (640, 790, BLUE),
        ),
        seen_in="mozilla-services/screenshots#2967",
    ),
    Case(
        "a redirect to itself that sets a cookie",
        "/cookie-gate",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"http_status": 200, "details.redirects.0.status": 302},
    ),
    Case(
        "100 KB of response headers",
        "/big-header",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"http_status": 200},
    ),
    Case(
        "an address with characters to encode",
        "/documents/spaß seite.html?q=日本 x",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={
            "final_url": "/documents/spa%C3%9F%20seite.html?q=%E6%97%A5%E6%9C%AC%20x",
            "title": "ein langer Titel",
        },
    ),
    Case(
        "a page that prints itself",
        "/documents/page-prints-itself.html",
        {"delayMs": 700},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
    ),
    Case(
        "dialogs without end",
        "/documents/dialogs-without-end.html",
        {"fullPage": True},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"details.deadlineReached": False},
    ),
    Case(
        "a cookie for all sites reaches a page without TLS",
        written(script="if (document.cookie === 'a=1') document.body.style.background = '#00ff00'"),
        {"cookies": [{"name": "a", "value": "1", "sameSite": "None"}]},
        pixels=((640, 400, GREEN),),
    ),
    Case(
        "HTML of the request itself has no WebRTC either",
        "",
        {"html": "<script>document.title = typeof RTCPeerConnection</script>"},
        told={"title": "undefined"},
    ),
    Case(
        "a site map that its style sheet makes a page of",
        "/documents/site-map.xml",
        {"fullPage": True},
        size=(1280, 800),
        pixels=((640, 10, BLUE), (640, 60, GREEN)),
        told={"title": "Site map"},
    ),
)
