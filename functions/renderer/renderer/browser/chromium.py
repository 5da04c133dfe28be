"""One Chromium process: its start, its debugging pipe, and its end with all its descendants."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from renderer.browser.chromium_flags import FLAGS
from renderer.browser.processes import services_rest
from renderer.browser.profile import Profile
from renderer.browser.protocol import AUTO_ATTACH, Connection, Params
from renderer.browser.spawn import Spawned, spawn_chromium
from shutterstep.errors import BrowserCrashedError

START_SECONDS = 60
END_SECONDS = 5
POLL_SECONDS = 0.01
PAGE, SHARED_WORKER = "page", "shared_worker"


class Chromium:
    """A running browser: `connection` sends commands to it, `group` is the process group of all its processes."""

    def __init__(self, group: int, connection: Connection, profile: Profile) -> None:
        self.group = group
        self.connection = connection
        self._profile = profile

    async def answers(self, seconds: float) -> bool:
        """Whether the browser process answers within this many seconds."""
        try:
            await asyncio.wait_for(self.connection.browser.send("Browser.getVersion"), seconds)
        except (TimeoutError, BrowserCrashedError):
            return False
        return True

    async def rests(self, seconds: float) -> bool:
        """Whether the processes that all its pages share become idle within this many seconds.

        Painting in the GPU process continues after the page is closed, and may take hours.
        """
        until = asyncio.get_running_loop().time() + seconds
        while not services_rest(self.group):
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def kill(self) -> None:
        """Kills every process of the browser; `end` reaps them and removes their files."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    async def end(self) -> None:
        """Kills every process of the browser and waits until none is left, not even a zombie."""
        self.kill()
        deadline = asyncio.get_running_loop().time() + END_SECONDS
        while _reap(self.group) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(self._profile.remove)


@asynccontextmanager
async def open_browser(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> AsyncIterator[Chromium]:
    """Gives a running Chromium for one use, and kills it at the end.

    Raises BrowserMissingError when none is installed, BrowserCrashedError when it does not start.
    """
    chromium = await start_chromium(executable, flags)
    try:
        yield chromium
    finally:
        await asyncio.shield(chromium.end())


async def start_chromium(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> Chromium:
    """Returns a running Chromium, which the caller must end. Raises BrowserMissingError or BrowserCrashedError."""
    return await connect(spawn_chromium(executable, flags))


async def connect(spawned: Spawned) -> Chromium:
    """Returns the browser of a spawned process as soon as it answers; the caller must end it.

    Raises BrowserCrashedError.
    """
    connection = Connection()
    chromium = Chromium(spawned.group, connection, spawned.profile)
    try:
        await _wire(connection, spawned)
        if await chromium.answers(START_SECONDS):
            _attach_targets(connection)
            return chromium
        raise BrowserCrashedError(f"Chromium did not start: {spawned.last_words()[:500]}")
    except BaseException:
        # Also if the waiting task was cancelled, because nobody else knows this browser.
        await asyncio.shield(chromium.end())
        raise
    finally:
        os.close(spawned.words)


def _attach_targets(connection: Connection) -> None:
    """Attaches pages and shared workers; each begins only when it has the overrides of its context.

    A page that another page opens in spite of the flag against it gets no command and never begins.
    """

    def attached(event: Params) -> None:
        target = event["targetInfo"]
        context = target.get("browserContextId", "")
        if target["type"] == PAGE:
            take = connection.new_pages.pop(context, None)
        else:
            take = connection.shared_workers.get(context)
        if take is not None:
            take(event)

    connection.browser.on("Target.attachedToTarget", attached)
    connection.browser.on_cut("Target.attachedToTarget", lambda event: connection.refuse_shared_worker(event))
    only = [*({"type": kind, "exclude": False} for kind in (PAGE, SHARED_WORKER)), {"exclude": True}]
    connection.browser.post("Target.setAutoAttach", AUTO_ATTACH | {"filter": only})


async def _wire(connection: Connection, spawned: Spawned) -> None:
    # Both at the same time: if one is interrupted, the other is still closed.
    reads, writes = os.fdopen(spawned.from_child, "rb", 0), os.fdopen(spawned.to_child, "wb", 0)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: connection, reads)
    writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, writes)
    connection.writes_to(writer)


def _reap(group: int) -> bool:
    """Reaps the group's ended processes; returns whether some are left."""
    while True:
        try:
            process, _ = os.waitpid(-group, os.WNOHANG)
        except ChildProcessError:
            return False
        if process == 0:
            return True
