"""Owners that die or are stopped at work: nobody has to help."""

import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from scripts.local.stack import task_logs
from scripts.shots import Shot, follow, item_of, submit
from scripts.target import Target


class SlowSite:
    """A page that comes only when it is let; `asked` counts who came for it."""

    def __init__(self) -> None:
        self.let, self.asked = Event(), 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += self.path == "/"
                site.let.wait(60)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<title>slow</title><body style='background:#00ff00'>")

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[SlowSite]:
    slow = SlowSite()
    yield slow
    slow.let.set()
    slow.server.shutdown()


@pytest.fixture
def id_() -> str:
    return f"owner-{uuid.uuid4().hex[:12]}"


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return value


def end(target: Target, *shots: Shot) -> None:
    follow(target, list(shots), lambda: None, 120)


def test_fifty_messages_with_one_id_render_once_though_their_owner_is_killed_at_work(
    running_stack: Target, site: SlowSite, id_: str
) -> None:
    shots = [submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000}) for _ in range(50)]
    wait_for(lambda: site.asked == 1)
    (renderer,) = task_logs().glob("*.pid")
    os.killpg(int(renderer.read_text()), signal.SIGKILL)
    wait_for(lambda: site.asked == 2)
    site.let.set()
    end(running_stack, *shots)
    item = item_of(running_stack, id_)
    reasons = Counter(shot.reason for shot in shots if shot.status == "skipped")
    assert Counter(shot.status for shot in shots) == {"success": 1, "skipped": 49}
    assert reasons.total() == 49
    assert set(reasons) <= {"already_processing", "race_condition_prevented", "already_processed"}
    assert (item["status"], item["attempts"]) == ("success", 1)
    assert item["s3_key"].endswith("-1.png")


def test_an_execution_that_is_stopped_frees_its_id_and_a_duplicate_renders(
    running_stack: Target, site: SlowSite, id_: str
) -> None:
    owner = submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000})
    wait_for(lambda: site.asked == 1)
    running_stack.client("stepfunctions").stop_execution(executionArn=owner.execution_arn)
    wait_for(lambda: item_of(running_stack, id_)["status"] == "failed", seconds=10)
    site.let.set()
    duplicate = submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000})
    end(running_stack, duplicate)
    assert duplicate.status == "success"
    assert item_of(running_stack, id_)["attempts"] == 2
