"""However a browser or its owner ends, none of its processes and folders is left."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from renderer.browser.chromium import start_chromium
from renderer.browser.processes import members
from renderer.browser.profile import remove_ownerless_profiles
from renderer.jobs.warm_browser import WarmBrowser
from shutterstep.errors import BrowserCrashedError
from shutterstep_cli.local.task_process import renderer_path
from tests.waiting import wait_for

OWNER = """
import asyncio, time
from renderer.browser.chromium import start_chromium
chromium = asyncio.run(start_chromium())
print(chromium.group, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The folders of browsers in a place of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(entry.name for entry in tmp_path.iterdir() if "chromium-" in entry.name)


def browsers_in(folder: Path) -> list[int]:
    """The browsers' own processes whose profile lies there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if re.search(rb"--user-data-dir=" + re.escape(bytes(folder)), arguments):
            found.append(int(entry.name))
    return found


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def test_a_browser_whose_start_is_cancelled_leaves_nothing(folders: Callable[[], list[str]], tmp_path: Path) -> None:
    async def run() -> None:
        starting = asyncio.ensure_future(start_chromium())
        await eventually(lambda: bool(browsers_in(tmp_path)))
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting

    asyncio.run(run())
    assert (browsers_in(tmp_path), folders()) == ([], [])


def test_a_browser_that_dies_while_nobody_uses_it_leaves_nothing(folders: Callable[[], list[str]]) -> None:
    async def run() -> None:
        started = []

        async def start() -> object:
            started.append(await start_chromium())
            return started[-1]

        async with WarmBrowser(start=start):  # type: ignore[arg-type]
            os.killpg(started[0].group, signal.SIGKILL)
            await eventually(lambda: not list(members(started[0].group)) and not folders())

    asyncio.run(run())


def test_what_a_killed_renderer_left_is_removed_by_the_next_even_a_browser_that_hangs(
    folders: Callable[[], list[str]], tmp_path: Path
) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(map(str, renderer_path()))}
    owner = subprocess.Popen([sys.executable, "-c", OWNER], env=environment, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    group = int(owner.stdout.readline())
    assert remove_ownerless_profiles() == 0, "its owner lives"
    os.killpg(group, signal.SIGSTOP)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert remove_ownerless_profiles() == 1
    wait_for(lambda: not browsers_in(tmp_path))
    assert folders() == []


def test_a_folder_that_no_renderer_made_stays(folders: Callable[[], list[str]], tmp_path: Path) -> None:
    (tmp_path / "chromium-of-somebody").mkdir()
    assert remove_ownerless_profiles() == 0
    assert folders() == ["chromium-of-somebody"]


@pytest.mark.parametrize("call", ["make_profile", "posix_spawn"])
def test_a_browser_that_finds_no_room_on_the_disk_is_an_error_that_can_be_reported(
    call: str, folders: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        {"make_profile": "renderer.browser.spawn.make_profile", "posix_spawn": "os.posix_spawn"}[call], full
    )
    before = len(os.listdir("/proc/self/fd"))
    starting: Callable[[], Awaitable[object]] = start_chromium
    with pytest.raises(BrowserCrashedError, match="No space left on device"):
        asyncio.run(starting())  # type: ignore[arg-type]
    assert (len(os.listdir("/proc/self/fd")), folders()) == (before, [])
