"""The renderer as a separate process with fakes of S3 and Step Functions: what it reports, and what it keeps secret.

Always this machine's process, never a container: a container's own secrets are looked for in tests/image.
"""

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from renderer.browser.chromium import open_browser
from renderer.egress.addresses import LOOPBACK
from shutterstep.item import RESULT_FIELDS
from shutterstep_cli.local.example_site import SITE, serve
from tests.loopback import serving

ROOT = Path(__file__).parents[2]
RED, YELLOW = (255, 0, 0), (255, 255, 0)


class Aws(BaseHTTPRequestHandler):
    """The parts of S3 and Step Functions that one render calls."""

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


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(SITE) as address:
        yield address


def run_process(
    job: dict[str, Any], stored: dict[str, bytes], **settings: str
) -> tuple[int, list[tuple[str, dict[str, Any]]], str]:
    """The renderer as its own process: exit code, what Step Functions was told, and the log."""
    fake = type("FakeAws", (Aws,), {"told": [], "stored": stored})
    with serving(fake) as endpoint:
        environment = os.environ | {
            "JOB": json.dumps(job),
            "EGRESS_ALLOW": LOOPBACK,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PYTHONPATH": f"{ROOT / 'functions/renderer'}:{ROOT / 'layers/shared'}",
            **settings,
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
    (picture,) = (body for key, body in stored.items() if key.startswith("/bucket/shots/a/1-"))
    assert (code, told[0][0], kind) == (0, "SendTaskHeartbeat", "SendTaskSuccess"), log
    assert tuple(result) == (*RESULT_FIELDS, "details")
    assert (result["sha256"], result["bytes"]) == (hashlib.sha256(picture).hexdigest(), len(picture))
    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    assert [shown.getpixel(place) for place in ((0, 0), (1279, 799))] == [RED, YELLOW]
    assert "the-secret-token" not in log


def test_the_process_reports_a_wrong_request_by_its_field() -> None:
    job = {"token": "t", "request": {"url": "file:///etc/passwd"}, "output": {"bucket": "b", "key": "k"}}
    code, told, log = run_process(job, {})
    kind, answer = answer_of(told)
    assert (code, kind, answer["error"]) == (0, "SendTaskFailure", "Render.InvalidRequest"), log
    assert json.loads(answer["cause"])["field"] == "url"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGRESS_ALLOW", "10.0.0.0/99"),
        ("EGRESS_ALLOW", "not a network!"),
        ("MAX_PICTURE_SIDE", "long"),
        ("MAX_PICTURE_PIXELS", "-1"),
        ("HEARTBEAT_SECONDS", "nan"),
        ("HEARTBEAT_SECONDS", ""),
    ],
)
def test_a_setting_that_cannot_be_used_is_reported_by_its_name(name: str, value: str) -> None:
    job = {"token": "t", "request": {"url": "https://example.com"}, "output": {"bucket": "b", "key": "k"}}
    code, told, log = run_process(job, {}, **{name: value})
    kind, answer = answer_of(told)
    assert (code, kind, answer["error"]) == (0, "SendTaskFailure", "Render.Misconfigured"), log
    assert name in json.loads(answer["cause"])["message"]


@pytest.mark.parametrize(("name", "value"), [("POOL_CONCURRENCY", "0.5"), ("EGRESS_ALLOW", "10.0.0.0/99")])
def test_a_worker_with_a_setting_that_cannot_be_used_takes_no_job_and_says_which(name: str, value: str) -> None:
    code, told, log = run_process({}, {}, **{"JOB": "", "RENDER_QUEUE_URL": "http://127.0.0.1:9/q", name: value})
    assert (code, told) == (1, [])
    assert name in log
    assert "Traceback" not in log


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
