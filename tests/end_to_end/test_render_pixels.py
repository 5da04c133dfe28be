"""The real Chromium against real servers on loopback: pixels, formats, and the code of each failure."""

import io
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from tests.end_to_end.studio import BLUE, GREEN, RED, YELLOW, Studio, pixels
from tests.loopback import serving

ROOT = Path(__file__).parents[2]


class Site(SimpleHTTPRequestHandler):
    """examples/site and a few pages that misbehave."""

    pages: ClassVar = {
        "/dialog": b"<title>Dialog</title><body style='margin:0;background:#0000ff'><script>alert('stop')</script>",
        "/tall": b"<title>Tall</title><body style='margin:0'><div style='height:3000px;background:#00ff00'></div>",
        "/endless": b"<title>Endless</title><script>setTimeout(() => { while (true); }, 0)</script>",
        "/too-tall": b"<body style='margin:0'><div style='height:50000px'></div>",
        "/never-loads": b"<title>Never</title><img src='/silence'>",
        "/popup": b"<title>Opener</title><body style='margin:0;background:#ff0000'><script>open('/tall')</script>",
        "/script-title": b"<title>a</title><script>document.title = 'x'.repeat(5000)</script>",
    }
    released = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/silence":
            self.released.wait(20)
            return
        if self.path == "/loop":
            self._answer(302, b"", Location="/loop")
        elif self.path == "/moved":
            self._answer(302, b"", Location="/known.html")
        elif self.path == "/download":
            self._answer(200, b"bytes", **{"Content-Disposition": "attachment; filename=a.bin"})
        elif self.path == "/missing":
            self._answer(404, b"<title>Not here</title><body style='margin:0;background:#ffff00'>")
        elif self.path in self.pages:
            self._answer(200, self.pages[self.path])
        else:
            super().do_GET()

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(lambda *given: Site(*given, directory=str(ROOT / "examples/site"))) as address:
        yield address
        Site.released.set()


def test_a_picture_has_the_pixels_of_the_page(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/known.html")
    corners = pixels(picture, (0, 0), (640, 0), (639, 400), (1279, 799))
    assert corners == [RED, GREEN, BLUE, YELLOW]


def test_a_result_tells_where_the_browser_ended_and_what_it_got(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/moved")
    assert (picture.final_url, picture.http_status, picture.title, picture.content_type) == (
        f"{site}/known.html",
        200,
        "Known pixels",
        "image/png",
    )


def test_a_scale_factor_multiplies_the_pixels(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/known.html", viewport={"width": 1280, "height": 800, "deviceScaleFactor": 2})
    assert (picture.width, picture.height, pixels(picture, (1279, 799), (1280, 800))) == (
        2560,
        1600,
        [RED, YELLOW],
    )


def test_a_jpeg_is_a_jpeg_of_the_same_size(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/known.html", format="jpeg", quality=50)
    image = Image.open(io.BytesIO(picture.body))
    assert (image.format, image.size, picture.content_type) == ("JPEG", (picture.width, picture.height), "image/jpeg")


def test_a_full_page_reaches_the_end_of_the_document(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/tall", fullPage=True)
    assert (picture.width, picture.height, pixels(picture, (0, 2999))) == (1280, 3000, [GREEN])


def test_a_page_with_an_error_status_still_gives_a_picture(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/missing")
    assert (picture.http_status, pixels(picture, (5, 5))) == (404, [YELLOW])


def test_a_dialog_does_not_hold_up_the_page(studio: Studio, site: str) -> None:
    assert pixels(studio.picture(f"{site}/dialog"), (5, 5)) == [BLUE]


def test_a_popup_does_not_take_the_place_of_its_page(studio: Studio, site: str) -> None:
    assert studio.picture(f"{site}/popup").title == "Opener"


def test_a_long_title_is_cut(studio: Studio, site: str) -> None:
    assert len(studio.picture(f"{site}/script-title").title) == 1024


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("/loop", {}, "Render.TooManyRedirects"),
        ("/download", {}, "Render.InvalidRequest"),
        ("/too-tall", {"clip": {"x": 0, "y": 0, "width": 20000, "height": 9}}, "Render.TooLarge"),
        ("/endless", {"timeoutMs": 1500}, "Render.Timeout"),
        ("/known.html", {"format": "gif"}, "Render.InvalidRequest"),
    ],
)
def test_a_page_without_a_picture_fails_by_its_code(
    studio: Studio, site: str, path: str, options: dict[str, Any], code: str
) -> None:
    assert studio.error(site + path, **options).code == code


def test_a_page_that_never_loads_is_taken_at_the_deadline(studio: Studio, site: str) -> None:
    picture = studio.picture(f"{site}/never-loads", timeoutMs=2000)
    assert (picture.http_status, picture.details["deadlineReached"]) == (200, True)


def test_a_page_that_never_loads_can_be_taken_at_its_document(studio: Studio, site: str) -> None:
    assert studio.picture(f"{site}/never-loads", waitUntil="domcontentloaded").http_status == 200


def test_a_closed_port_is_a_failed_connection(studio: Studio) -> None:
    with serving(Site) as address:
        closed = address
    assert studio.error(closed).code == "Render.ConnectionFailed"


def test_plain_http_under_https_is_a_failure_of_tls(studio: Studio, site: str) -> None:
    assert studio.error(site.replace("http:", "https:")).code == "Render.TlsError"
