"""The whole way through the command: queue, starter, workflow, a render process with Chromium, S3, a file."""

import json
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shutterstep_cli.local.example_site import SITE, serve
from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(SITE) as origin:
        yield origin


def capture(running_stack: Target, folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "shutterstep_cli", "capture", *arguments, "-o", str(folder), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_page_becomes_a_picture_with_its_pixels(running_stack: Target, site: str, tmp_path: Path) -> None:
    code, (line,) = capture(running_stack, tmp_path, f"{site}/known.html")
    assert (code, line["status"], line["http_status"]) == (0, "success", 200)
    with Image.open(line["file"]) as picture:
        corners = [picture.convert("RGB").getpixel(place) for place in ((5, 5), (1275, 5), (5, 795), (1275, 795))]
        assert picture.size == (line["width"], line["height"]) == (1280, 800)
    assert len(set(corners)) == 4


def test_a_second_capture_skips_and_still_has_the_picture(running_stack: Target, site: str, tmp_path: Path) -> None:
    id_ = uuid.uuid4().hex
    _, (first,) = capture(running_stack, tmp_path / "first", f"{site}/docs.html", "--id", id_)
    code, (second,) = capture(running_stack, tmp_path / "second", f"{site}/docs.html", "--id", id_)
    assert (code, second["status"], second["reason"]) == (0, "skipped", "already_processed")
    assert Path(second["file"]).read_bytes() == Path(first["file"]).read_bytes()
    assert second["sha256"] == first["sha256"]


def test_the_options_reach_the_picture(running_stack: Target, site: str, tmp_path: Path) -> None:
    options = ["--width", "400", "--height", "300", "--scale", "2", "--format", "jpeg"]
    code, (line,) = capture(running_stack, tmp_path, f"{site}/docs.html", *options)
    with Image.open(line["file"]) as picture:
        assert (code, picture.size, picture.format) == (0, (800, 600), "JPEG")


def test_html_of_a_file_becomes_a_picture_and_details_come_back(running_stack: Target, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>mine</title><body style='background:#00ff00'>")
    options = ["--html", str(page), "--format", "webp", "--options", '{"locale": "vi-VN"}']
    code, (line,) = capture(running_stack, tmp_path, *options)
    with Image.open(line["file"]) as picture:
        assert (code, picture.format, line["title"], line["final_url"]) == (0, "WEBP", "mine", "about:blank")
    assert line["details"]["deadlineReached"] is False
    assert Path(line["file"]).suffix == ".webp"


def logs_of(target: Target) -> str:
    """What render tasks wrote: processes to files, containers to their log group."""
    files = [path.read_text(errors="replace") for path in task_logs().rglob("*") if path.is_file()]
    group = target.client("cloudformation").describe_stack_resource(
        StackName=target.stack_name, LogicalResourceId="RendererLogGroup"
    )["StackResourceDetail"]["PhysicalResourceId"]
    pages = target.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return "".join(files + [event["message"] for page in pages for event in page["events"]])


def test_secrets_stand_neither_in_the_item_nor_in_a_log(running_stack: Target, site: str, tmp_path: Path) -> None:
    id_ = uuid.uuid4().hex
    secrets = ("the-header", "the-cookie", "the-password")
    options = json.dumps(
        {
            "headers": {"X-Key": secrets[0]},
            "cookies": [{"name": "a", "value": secrets[1]}],
            "basicAuth": {"username": "reader", "password": secrets[2]},
        }
    )
    code, _ = capture(running_stack, tmp_path, f"{site}/docs.html", "--id", id_, "--options", options)
    item = json.dumps(item_of(running_stack, id_))
    assert code == 0
    wait_for(lambda: id_ in logs_of(running_stack))  # a container's come a moment later
    logs = logs_of(running_stack)
    assert not [secret for secret in secrets if secret in item + logs]


def test_each_failure_has_its_code_and_the_good_page_its_picture(
    running_stack: Target, site: str, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        urls = [f"{site}/known.html", "http://nowhere.invalid/", nobody, "ftp://example.com/"]
        code, lines = capture(running_stack, tmp_path, *urls)
    assert code == 1
    assert [line["error_code"] for line in lines] == [
        None,
        "Render.DnsFailure",
        "Render.ConnectionFailed",
        "Render.InvalidRequest",
    ]
    assert [line["file"] is None for line in lines] == [False, True, True, True]


def test_without_a_stack_the_command_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path))
    command = [sys.executable, "-m", "shutterstep_cli", "capture", "https://example.com"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "shutterstep local up" in done.stderr


def test_query_fetches_a_finished_picture_again(running_stack: Target, site: str, tmp_path: Path) -> None:
    id_ = uuid.uuid4().hex
    _, (line,) = capture(running_stack, tmp_path, f"{site}/docs.html", "--id", id_, "--format", "jpeg")
    command = [
        sys.executable,
        "-m",
        "shutterstep_cli",
        "query",
        id_,
        "--download",
        str(tmp_path / "again"),
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["sha256"] == line["sha256"]
    assert (tmp_path / "again" / f"{id_}.jpg").read_bytes() == Path(line["file"]).read_bytes()
