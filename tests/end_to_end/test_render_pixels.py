"""The real Chromium against real servers on loopback."""

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from renderer.addresses import LOOPBACK, parse_policy
from renderer.chromium import open_browser
from renderer.render import Picture, render
from shutterstep.errors import RenderError
from shutterstep.item import RESULT_FIELDS

ROOT = Path(__file__).parents[2]
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)


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


@contextmanager
def served(handler: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(lambda *given: Site(*given, directory=str(ROOT / "examples/site"))) as address:
        yield address
        Site.released.set()


def taken(url: str, **options: Any) -> Picture:
    async def take() -> Picture:
        async with open_browser() as browser:
            return await render(browser, {"url": url, **options}, parse_policy(LOOPBACK))

    return asyncio.run(take())


def code_of(url: str, **options: Any) -> str:
    with pytest.raises(RenderError) as caught:
        taken(url, **options)
    return caught.value.code


def pixels(picture: bytes, *points: tuple[int, int]) -> list[Any]:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return [image.getpixel(point) for point in points]


def test_a_picture_has_the_pixels_of_the_page(site: str) -> None:
    picture = taken(f"{site}/known.html")
    corners = pixels(picture.body, (0, 0), (640, 0), (639, 400), (1279, 799))
    assert corners == [RED, GREEN, BLUE, YELLOW]


def test_a_result_tells_where_the_browser_ended_and_what_it_got(site: str) -> None:
    picture = taken(f"{site}/moved")
    assert (picture.final_url, picture.http_status, picture.title, picture.content_type) == (
        f"{site}/known.html",
        200,
        "Known pixels",
        "image/png",
    )


def test_a_scale_factor_multiplies_the_pixels(site: str) -> None:
    picture = taken(f"{site}/known.html", viewport={"width": 1280, "height": 800, "deviceScaleFactor": 2})
    assert (picture.width, picture.height, pixels(picture.body, (1279, 799), (1280, 800))) == (
        2560,
        1600,
        [RED, YELLOW],
    )


def test_a_jpeg_is_a_jpeg_of_the_same_size(site: str) -> None:
    picture = taken(f"{site}/known.html", format="jpeg", quality=50)
    image = Image.open(io.BytesIO(picture.body))
    assert (image.format, image.size, picture.content_type) == ("JPEG", (picture.width, picture.height), "image/jpeg")


def test_a_full_page_reaches_the_end_of_the_document(site: str) -> None:
    picture = taken(f"{site}/tall", fullPage=True)
    assert (picture.width, picture.height, pixels(picture.body, (0, 2999))) == (1280, 3000, [GREEN])


def test_a_page_with_an_error_status_still_gives_a_picture(site: str) -> None:
    picture = taken(f"{site}/missing")
    assert (picture.http_status, pixels(picture.body, (5, 5))) == (404, [YELLOW])


def test_a_dialog_does_not_hold_up_the_page(site: str) -> None:
    assert pixels(taken(f"{site}/dialog").body, (5, 5)) == [BLUE]


def test_a_popup_does_not_take_the_place_of_its_page(site: str) -> None:
    assert taken(f"{site}/popup").title == "Opener"


def test_a_long_title_is_cut(site: str) -> None:
    assert len(taken(f"{site}/script-title").title) == 1024


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("/loop", {}, "Render.TooManyRedirects"),
        ("/download", {}, "Render.InvalidRequest"),
        ("/too-tall", {"fullPage": True}, "Render.TooLarge"),
        ("/endless", {"timeoutMs": 1500}, "Render.Timeout"),
        ("/known.html", {"format": "gif"}, "Render.InvalidRequest"),
    ],
)
def test_a_page_without_a_picture_fails_by_its_code(site: str, path: str, options: dict[str, Any], code: str) -> None:
    assert code_of(site + path, **options) == code


def test_a_page_that_never_loads_is_taken_at_the_deadline(site: str) -> None:
    picture = taken(f"{site}/never-loads", timeoutMs=2000)
    assert (picture.http_status, picture.details["deadlineReached"]) == (200, True)


def test_a_page_that_never_loads_can_be_taken_at_its_document(site: str) -> None:
    assert taken(f"{site}/never-loads", waitUntil="domcontentloaded").http_status == 200


def test_a_closed_port_is_a_failed_connection() -> None:
    with served(Site) as address:
        closed = address
    assert code_of(closed) == "Render.ConnectionFailed"


def test_plain_http_under_https_is_a_failure_of_tls(site: str) -> None:
    assert code_of(site.replace("http:", "https:")) == "Render.TlsError"


class Aws(BaseHTTPRequestHandler):
    """As much of S3 and Step Functions as one render calls."""

    protocol_version = "HTTP/1.1"
    told: list[tuple[str, dict[str, Any]]]
    stored: dict[str, bytes]

    def do_POST(self) -> None:
        self.told.append((self.headers["X-Amz-Target"].partition(".")[2], json.loads(self._body())))
        self._answer(b"{}")

    def do_PUT(self) -> None:
        self.stored[self.path] = self._body()
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(self.stored[self.path])

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def run_process(job: dict[str, Any], stored: dict[str, bytes]) -> tuple[int, list[tuple[str, dict[str, Any]]], str]:
    """The renderer as its own process: exit code, what Step Functions was told, and the log."""
    fake = type("FakeAws", (Aws,), {"told": [], "stored": stored})
    with served(fake) as endpoint:
        environment = os.environ | {
            "JOB": json.dumps(job),
            "EGRESS_ALLOW": LOOPBACK,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PYTHONPATH": f"{ROOT / 'functions/renderer'}:{ROOT / 'layers/shared'}",
        }
        done = subprocess.run(
            [sys.executable, "-m", "renderer"], env=environment, capture_output=True, text=True, timeout=60
        )
    return done.returncode, fake.told, done.stdout + done.stderr


def answer_of(told: list[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    """The one answer among the heartbeats, of which one may still be under way when the answer is sent."""
    (answer,) = [(kind, content) for kind, content in told if kind != "SendTaskHeartbeat"]
    return answer


def test_the_process_stores_the_picture_and_reports_it(site: str) -> None:
    stored = {"/bucket/requests/1.json": json.dumps({"url": f"{site}/known.html"}).encode()}
    job = {
        "token": "the-secret-token",
        "request_reference": {"bucket": "bucket", "key": "requests/1.json"},
        "output": {"bucket": "bucket", "key": "shots/a/1.png"},
    }
    code, told, log = run_process(job, stored)
    kind, answer = answer_of(told)
    result = json.loads(answer["output"])
    picture = stored["/bucket/shots/a/1.png"]
    assert (code, told[0][0], kind) == (0, "SendTaskHeartbeat", "SendTaskSuccess"), log
    assert tuple(result) == (*RESULT_FIELDS, "details")
    assert (result["sha256"], result["bytes"]) == (hashlib.sha256(picture).hexdigest(), len(picture))
    assert pixels(picture, (0, 0), (1279, 799)) == [RED, YELLOW]
    assert "the-secret-token" not in log


def test_the_process_reports_a_wrong_request_by_its_field() -> None:
    job = {"token": "t", "request": {"url": "file:///etc/passwd"}, "output": {"bucket": "b", "key": "k"}}
    code, told, log = run_process(job, {})
    kind, answer = answer_of(told)
    assert (code, kind, answer["error"]) == (0, "SendTaskFailure", "Render.InvalidRequest"), log
    assert json.loads(answer["cause"])["field"] == "url"


def test_the_process_without_a_token_fails_by_its_exit_code() -> None:
    code, told, _ = run_process({"output": {"bucket": "b", "key": "k"}}, {})
    assert (code, told) == (1, [])


def descendants() -> list[Path]:
    """The processes below this one, as folders of /proc."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {os.getpid()}
    for _ in parents:
        family |= {child for child, parent in parents.items() if parent in family}
    return [Path("/proc") / str(child) for child in family - {os.getpid()}]


def environment_of(folder: Path) -> str:
    """Empty when the process has ended since."""
    try:
        return (folder / "environ").read_bytes().decode()
    except OSError:
        return ""


def test_no_process_of_the_browser_sees_credentials_or_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never-to-be-seen")
    monkeypatch.setenv("JOB", "never-to-be-seen")

    async def environments() -> list[str]:
        async with open_browser():
            return [environment_of(folder) for folder in descendants()]

    seen = asyncio.run(environments())
    assert sum(bool(environment) for environment in seen) > 1
    assert "never-to-be-seen" not in "".join(seen)
    assert os.environ["JOB"] == "never-to-be-seen"
