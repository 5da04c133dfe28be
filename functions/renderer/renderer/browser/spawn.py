"""Starts Chromium's process. A task does so before all else: this module loads little, and no asyncio."""

import ctypes
import fcntl
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from renderer.browser.chromium_flags import FLAGS, browser_environment, find_chromium, sandbox_works
from shutterstep.errors import BrowserCrashedError

PR_SET_CHILD_SUBREAPER = 36
FIRST_FREE = 10  # Chromium reads its pipe at 3 and writes at 4; ours must lie elsewhere until then.


class Spawned(NamedTuple):
    """A browser's process on its way: its group, which it leads, our two ends of its pipe, and its folder."""

    group: int
    to_child: int
    from_child: int
    folder: Path


def spawn_chromium(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> Spawned:
    """Starts the process and waits for nothing. Raises BrowserMissingError or BrowserCrashedError."""
    executable = executable or find_chromium()
    folder = Path(tempfile.mkdtemp(prefix="chromium-"))
    return _spawn(executable, _arguments(executable, flags, folder), folder)


def _arguments(executable: Path, flags: Sequence[str], folder: Path) -> list[str]:
    sandbox = sandbox_works(os.environ, os.getuid())
    own = ["--remote-debugging-pipe", f"--user-data-dir={folder}"]
    return [str(executable), *flags, *own, *([] if sandbox else ["--no-sandbox"]), "about:blank"]


def _spawn(executable: Path, arguments: list[str], folder: Path) -> Spawned:
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
    return Spawned(group, to_child, from_child, folder)


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def become_reaper() -> None:
    """Makes this process the parent of the browser's orphans, so that it can reap them.

    A container may have no init.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
