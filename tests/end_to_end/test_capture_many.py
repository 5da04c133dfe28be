"""`shutterstep capture` of many pages: a list or a sitemap in, files and a manifest out; a break loses none."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.local.example_site import PAGES, SITE, serve
from shutterstep_cli.main import app
from shutterstep_cli.stack.target import Target
from tests.end_to_end.slow_site import SlowSite
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def origin(running_stack: Target) -> Iterator[str]:
    with serve(SITE) as origin:
        yield origin


def capture(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["capture", *arguments], input=text)


def manifest(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def test_a_list_becomes_files_and_a_manifest_and_resume_sends_nothing_twice(origin: str, tmp_path: Path) -> None:
    addresses = [f"{origin}/{page}.html?list" for page in PAGES]
    document = json.dumps({"url": f"{origin}/shop.html", "id": f"named-{tmp_path.name}", "fullPage": True})
    listed = "\n".join([*addresses, addresses[0], "# not a page", document])
    done = capture("--from", "-", "-o", str(tmp_path), text=listed)
    assert done.exit_code == 0, done.output
    pages = len(addresses) + 1
    assert f"pictures: {pages}, failed: 0, of {pages}" in done.stdout
    ended = [line for line in manifest(tmp_path) if line["file"]]
    assert len({line["id"] for line in ended}) == pages
    assert all(Path(line["file"]).stat().st_size == line["bytes"] for line in ended)
    before = manifest(tmp_path)
    again = capture("--from", "-", "-o", str(tmp_path), "--resume", text=listed)
    assert again.exit_code == 0
    assert manifest(tmp_path) == before


def test_what_was_sent_without_waiting_is_fetched_by_resume(origin: str, tmp_path: Path) -> None:
    listed = f"url,viewport.width\n{origin}/shop.html?later,500\n"
    sent = capture("--from", "-", "-o", str(tmp_path), "--no-wait", text=listed)
    assert (sent.exit_code, [line["status"] for line in manifest(tmp_path)]) == (0, ["queued"])
    done = capture("--from", "-", "-o", str(tmp_path), "--resume", "--json", text=listed)
    assert (done.exit_code, json.loads(done.stdout)["width"]) == (0, 500)


def test_one_bad_line_does_not_keep_the_others_from_their_pictures(origin: str, tmp_path: Path) -> None:
    done = capture("--from", "-", "-o", str(tmp_path), text=f"example.com\n{origin}/shop.html?good\n")
    assert done.exit_code == 1
    assert "did you mean https://example.com?" in done.stdout
    assert "pictures: 1, failed: 1, of 2" in done.stdout


def test_the_status_of_an_error_page_is_printed_and_fails_where_that_is_asked_for(origin: str, tmp_path: Path) -> None:
    shown = capture(f"{origin}/nothing.html", "-o", str(tmp_path))
    assert shown.exit_code == 0
    assert "HTTP 404" in shown.stdout
    failed = capture(f"{origin}/nothing.html", "-o", str(tmp_path), "--fail-on-status", "4xx")
    assert failed.exit_code == 1
    assert "Render.HttpStatus" in failed.stdout


def test_a_conflicting_request_says_which_one_holds_the_id_and_until_when(origin: str, tmp_path: Path) -> None:
    id_ = f"held-{tmp_path.name}"
    assert capture(f"{origin}/shop.html", "--id", id_, "-o", str(tmp_path)).exit_code == 0
    done = capture(f"{origin}/blog.html", "--id", id_, "-o", str(tmp_path))
    assert done.exit_code == 1
    assert f"of {origin}/shop.html with other options, until 20" in done.stdout
    assert "use another id" in done.stdout


def test_resume_does_not_take_the_picture_of_another_request_for_its_own(origin: str, tmp_path: Path) -> None:
    def listed(page: str) -> str:
        return json.dumps({"id": f"resumed-{tmp_path.name}", "url": f"{origin}/{page}"}) + "\n"

    assert capture("--from", "-", "-o", str(tmp_path), text=listed("shop.html")).exit_code == 0
    assert (
        "skipped, because" in capture("--from", "-", "-o", str(tmp_path), "--resume", text=listed("shop.html")).output
    )
    other = capture("--from", "-", "-o", str(tmp_path), "--resume", text=listed("blog.html"))
    assert (other.exit_code, "conflicting_request" in other.stdout) == (1, True)


@pytest.mark.usefixtures("running_stack")
def test_ctrl_c_says_what_is_on_its_way_and_resume_goes_on(tmp_path: Path) -> None:
    site = SlowSite()
    listed = tmp_path / "list.txt"
    listed.write_text(f"{site.url}\n")
    arguments = ["capture", "--from", str(listed), "-o", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "shutterstep_cli", *arguments],
        cwd=ROOT,
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what goes on in the background with Ctrl-C ignored, and these tests may run there.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_for(lambda: (tmp_path / "manifest.jsonl").exists())
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "without this command: 1;" in said
        assert "--resume" in said
    finally:
        process.kill()
        site.let.set()
    done = capture(*arguments[1:], "--resume")
    assert done.exit_code == 0, done.output
    assert "pictures: 1, failed: 0, of 1" in done.stdout
    site.close()


def test_logs_tell_what_each_part_did_for_one_id_in_order_of_time(origin: str, tmp_path: Path) -> None:
    id_ = f"told-{tmp_path.name}"
    assert capture(f"{origin}/shop.html", "--id", id_, "-o", str(tmp_path)).exit_code == 0
    done = CliRunner().invoke(app, ["logs", id_, "--json"])
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["time"] for entry in entries] == sorted(entry["time"] for entry in entries)
    assert {"starter", "workflow", "renderer"} <= {entry["component"] for entry in entries}
    assert any(entry["text"].startswith("render_succeeded") for entry in entries)
    assert CliRunner().invoke(app, ["logs", "never-was"]).exit_code == 1
