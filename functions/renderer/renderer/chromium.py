"""One Chromium process: its start, its debugging pipe, and its end with all its descendants."""

import asyncio
import ctypes
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from renderer.browser import FLAGS, browser_environment, find_chromium, sandbox_works
from renderer.cdp import Connection
from shutterstep.errors import BrowserCrashedError

START_SECONDS = 60
END_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36
FIRST_FREE = 10  # Chromium reads its pipe at 3 and writes at 4; ours must lie elsewhere until then.


class Chromium:
    """A running browser: `connection` speaks to it, `group` is the process group of all its processes."""

    def __init__(self, group: int, connection: Connection, folder: Path) -> None:
        self.group = group
        self.connection = connection
        self._folder = folder

    async def answers(self, seconds: float) -> bool:
        """Whether the browser process still answers within so many seconds."""
        try:
            await asyncio.wait_for(self.connection.browser.send("Browser.getVersion"), seconds)
        except (TimeoutError, BrowserCrashedError):
            return False
        return True

    async def end(self) -> None:
        """Kills every process of the browser and waits until none is left, not even a zombie."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        deadline = asyncio.get_running_loop().time() + END_SECONDS
        while _reap(self.group) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


@asynccontextmanager
async def open_browser(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> AsyncIterator[Chromium]:
    """A running Chromium for one use, killed on the way out.

    Raises BrowserMissingError when there is none, BrowserCrashedError when it does not start.
    """
    chromium = await start_chromium(executable, flags)
    try:
        yield chromium
    finally:
        await asyncio.shield(chromium.end())


async def start_chromium(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> Chromium:
    """A running Chromium, which the caller ends. Raises BrowserMissingError or BrowserCrashedError."""
    executable = executable or find_chromium()
    folder = Path(tempfile.mkdtemp(prefix="chromium-"))
    to_child, from_child, group = _spawn(executable, _arguments(executable, flags, folder), folder)
    connection = await _connect(to_child, from_child)
    chromium = Chromium(group, connection, folder)
    if not await chromium.answers(START_SECONDS):
        said = _last_words(folder)
        await chromium.end()
        raise BrowserCrashedError(f"Chromium did not start: {said}")
    return chromium


def _arguments(executable: Path, flags: Sequence[str], folder: Path) -> list[str]:
    sandbox = sandbox_works(os.environ, os.getuid())
    own = ["--remote-debugging-pipe", f"--user-data-dir={folder}"]
    return [str(executable), *flags, *own, *([] if sandbox else ["--no-sandbox"]), "about:blank"]


def _spawn(executable: Path, arguments: list[str], folder: Path) -> tuple[int, int, int]:
    """The descriptors to write to and to read from, and the process, which leads a group of its own."""
    become_reaper()
    child_reads, to_child = _pipe()
    from_child, child_writes = _pipe()
    errors = os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    wired = ((nothing, 0), (nothing, 1), (errors, 2), (child_reads, 3), (child_writes, 4))
    try:
        # Unlike a fork with code in between, a spawn is safe beside threads and does not copy our memory map.
        group = os.posix_spawn(
            executable,
            arguments,
            browser_environment(os.environ),
            file_actions=[(os.POSIX_SPAWN_DUP2, ours, theirs) for ours, theirs in wired],
            setpgroup=0,
        )
    except OSError as exc:
        os.close(to_child)
        os.close(from_child)
        raise BrowserCrashedError(f"Chromium did not start: {exc}") from exc
    finally:
        for descriptor in (child_reads, child_writes, errors, nothing):
            os.close(descriptor)
    return to_child, from_child, group


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


async def _connect(to_child: int, from_child: int) -> Connection:
    loop = asyncio.get_running_loop()
    connection = Connection()
    await loop.connect_read_pipe(lambda: connection, os.fdopen(from_child, "rb", 0))
    writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(to_child, "wb", 0))
    connection.writes_to(writer)
    return connection


def _last_words(folder: Path) -> str:
    with suppress(OSError):
        lines = (folder / "stderr").read_text(errors="replace").strip().splitlines()
        if lines:
            return lines[-1][:500]
    return "it said nothing"


def become_reaper() -> None:
    """Lets orphans of the browser come to us instead of init, which may not be there: who else would reap them?"""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap(group: int) -> bool:
    """Takes the exit codes of the group's ended processes; whether some are still there."""
    while True:
        try:
            process, _ = os.waitpid(-group, os.WNOHANG)
        except ChildProcessError:
            return False
        if process == 0:
            return True
