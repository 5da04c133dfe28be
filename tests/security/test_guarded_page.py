"""The result of a page that leads to internal addresses: real Chromium, one site that the operator allows."""

import asyncio
import io
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from renderer.browser.chromium import Chromium, open_browser
from renderer.browser.page_session import open_chromium_page
from renderer.egress.addresses import parse_policy
from renderer.page.render import Picture, render
from shutterstep.errors import RenderError
from tests.loopback import serving

pytestmark = pytest.mark.security

# The allowed site is at 127.0.0.1 and its own port; this is loopback too, at a port of the web.
INSIDE = "http://127.0.0.2"

# Every way for a page to show or read TARGET; a way that works paints something or changes the title.
LOCAL = """<title>White</title><style>body { margin: 0; background: url('TARGET') } iframe, object { border: 0 }</style>
<img src='TARGET' alt=''><iframe src='TARGET'></iframe><object data='TARGET'></object><embed src='TARGET'>
<script src='TARGET' onload="document.title = 'script'"></script>
<link rel=stylesheet href='TARGET' onload="document.title = 'style'">
<script>
  fetch('TARGET').then(() => { document.title = 'fetch' }, () => {});
  const request = new XMLHttpRequest();
  request.onload = () => { document.title = 'request' };
  try { request.open('GET', 'TARGET'); request.send() } catch {}
  open('TARGET'); location = 'TARGET';
</script>"""


class Lure(BaseHTTPRequestHandler):
    """Pages that lead to internal addresses, in the way that their path names."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", f"{INSIDE}/")
            self.end_headers()
            return
        if self.path.startswith("/local?"):
            (target,) = parse_qs(urlsplit(self.path).query)["target"]
            self._answer(LOCAL.replace("TARGET", target))
            return
        body = {
            "/refresh": f"<meta http-equiv=refresh content='0;url={INSIDE}/'>",
            "/script": f"<script>location = '{INSIDE}/'</script>",
            "/script-tls": f"<script>location = '{INSIDE.replace('http', 'https')}/'</script>",
            "/parts": f"<title>Parts</title><img src='{INSIDE}/a'><img src='{INSIDE}/b'>"
            "<img src='http://[::ffff:10.0.0.1]/c'><iframe src='https://127.1/d'></iframe>",
            "/clean": "<title>Clean</title>",
        }[self.path]
        self._answer(body)

    def _answer(self, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator["Opened"]:
    """One Chromium for all these tests, with the loop it lives in."""
    with asyncio.Runner() as runner:
        opened = open_browser()
        yield runner, runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def lure() -> Iterator[str]:
    with serving(Lure) as address:
        yield address


Opened = tuple[asyncio.Runner, Chromium]


def taken(opened: Opened, url: str, allow: str, **options: Any) -> Picture:
    runner, browser = opened
    return runner.run(render(browser, {"url": url, **options}, parse_policy(allow)))


def failure(opened: Opened, url: str, allow: str, **options: Any) -> RenderError:
    with pytest.raises(RenderError) as caught:
        taken(opened, url, allow, **options)
    return caught.value


@pytest.mark.parametrize("url", [INSIDE, "https://127.0.0.2", "http://localhost", "http://[::1]", "http://10.0.0.1"])
def test_a_page_inside_is_forbidden(url: str, browser: Opened) -> None:
    assert failure(browser, url, "").code == "Render.ForbiddenAddress"


@pytest.mark.parametrize("way", ["redirect", "refresh", "script", "script-tls"])
def test_a_page_that_leads_inside_is_forbidden(way: str, lure: str, browser: Opened) -> None:
    error = failure(browser, f"{lure}/{way}", lure.removeprefix("http://"), waitUntil="networkidle")
    assert error.code == "Render.ForbiddenAddress"
    assert "127.0.0.2" in error.message


def test_a_port_that_is_not_of_the_web_is_forbidden_at_public_addresses_too(browser: Opened) -> None:
    assert failure(browser, "http://8.8.8.8:8080", "").code == "Render.ForbiddenAddress"


def test_parts_of_a_page_that_lie_inside_are_left_out_and_counted(lure: str, browser: Opened) -> None:
    picture = taken(browser, f"{lure}/parts", lure.removeprefix("http://"))
    blocked = picture.details["blocked"]
    hosts = {entry["host"]: entry["count"] for entry in blocked["hosts"]}
    assert picture.title == "Parts"
    assert set(hosts) == {"127.0.0.2:80", "[::ffff:a00:1]:80", "127.0.0.1:443"}
    assert blocked["count"] == sum(hosts.values()) >= 4


def test_a_page_that_stays_outside_has_nothing_to_tell(lure: str, browser: Opened) -> None:
    assert taken(browser, f"{lure}/clean", lure.removeprefix("http://")).details.get("blocked") is None


def test_a_name_without_an_address_is_a_failure_of_dns(browser: Opened) -> None:
    assert failure(browser, "https://nowhere.invalid", "").code == "Render.DnsFailure"


@pytest.mark.parametrize("target", ["file:", "chrome://version", "view-source:file:", "devtools://devtools/"])
def test_a_page_shows_nothing_of_the_disk_or_the_browser(
    target: str, lure: str, browser: Opened, tmp_path: Path
) -> None:
    red = tmp_path / "red.svg"
    red.write_text("<svg xmlns='http://www.w3.org/2000/svg'><rect width='900' height='900' fill='red'/></svg>")
    url = f"{lure}/local?target={target}{red.as_uri().removeprefix('file:') if target.endswith('file:') else ''}"
    picture = taken(browser, url, lure.removeprefix("http://"), waitUntil="networkidle")
    assert (picture.title, picture.final_url) == ("White", url)
    with Image.open(io.BytesIO(picture.body)) as image:
        assert image.convert("RGB").getcolors() == [(picture.width * picture.height, (255, 255, 255))]


def test_the_same_page_shows_what_it_may_reach(lure: str, browser: Opened) -> None:
    """So that the one above can fail."""
    picture = taken(browser, f"{lure}/local?target=data:image/svg%2Bxml,<svg/>", lure.removeprefix("http://"))
    assert picture.title != "White"


def test_a_context_without_a_guard_reaches_nothing(lure: str, browser: Opened) -> None:
    async def go() -> str | None:
        async with open_chromium_page(browser[1].connection, 100, 100) as page:
            return await page.navigate(lure)

    assert browser[0].run(go()) == "net::ERR_PROXY_CONNECTION_FAILED"
