"""Starts Chromium's process. A task does this first, so this module imports little, and not asyncio."""

import fcntl
import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from renderer.browser.chromium_flags import FLAGS, browser_environment, find_chromium, sandbox_works
from renderer.browser.profile import Profile, make_profile
from shutterstep.errors import BrowserCrashedError

PR_SET_CHILD_SUBREAPER = 36
# Bytes kept of Chromium's stderr, from its beginning; pages can write there without a limit, through their console.
WORDS_BYTES = 65_536
FIRST_FREE = 10  # Chromium uses descriptors 3 and 4 for its pipe, so ours must be higher


class Spawned(NamedTuple):
    """A starting browser: its process group, our two ends of its pipe, its profile and its stderr."""

    group: int
    to_child: int
    from_child: int
    profile: Profile
    words: int

    def last_words(self) -> str:
        """Returns the last line that the browser wrote to its stderr."""
        lines = os.pread(self.words, WORDS_BYTES, 0).strip(b"\0\n").decode(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"


def spawn_chromium(executable: Path | None = None, flags: Sequence[str] = FLAGS) -> Spawned:
    """Starts the process without waiting for anything. Raises BrowserMissingError or BrowserCrashedError."""
    executable = executable or find_chromium()
    try:
        profile = make_profile()
    except OSError as exc:
        raise BrowserCrashedError(f"Chromium did not start: no folder for it: {exc.strerror}") from exc
    try:
        return _spawn(executable, _arguments(executable, flags, profile.folder), profile)
    except OSError as exc:
        profile.remove()
        raise BrowserCrashedError(f"Chromium did not start: {exc.strerror}") from exc


def _arguments(executable: Path, flags: Sequence[str], folder: Path) -> list[str]:
    sandbox = sandbox_works(os.environ, os.getuid())
    own = ["--remote-debugging-pipe", f"--user-data-dir={folder}"]
    # Without an address it opens no page of its own, whose process would start together with the first render's.
    return [str(executable), *flags, *own, *([] if sandbox else ["--no-sandbox"])]


def _spawn(executable: Path, arguments: list[str], profile: Profile) -> Spawned:
    with ExitStack() as theirs, ExitStack() as ours:
        child_reads, to_child = _pipe(theirs, ours)
        child_writes, from_child = reversed(_pipe(ours, theirs))
        words = _closed_by(ours, _file_of_one_size(WORDS_BYTES))
        errors = _closed_by(theirs, fcntl.fcntl(words, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE))
        nothing = _closed_by(theirs, os.open(os.devnull, os.O_RDWR))
        wired = ((nothing, 0), (nothing, 1), (errors, 2), (child_reads, 3), (child_writes, 4))
        # Unlike fork, a spawn is safe with threads and does not copy our memory map.
        group = os.posix_spawn(
            executable,
            arguments,
            browser_environment(os.environ),
            file_actions=[(os.POSIX_SPAWN_DUP2, mine, its) for mine, its in wired],
            setpgroup=0,
        )
        ours.pop_all()
    # Early enough, because the first orphans appear when the browser ends.
    become_reaper()
    return Spawned(group, to_child, from_child, profile, words)


def _file_of_one_size(size: int) -> int:
    """Returns a file in memory of at most `size` bytes; writing more fails."""
    file = os.memfd_create("chromium-stderr", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.truncate(file, size)
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    except OSError:
        os.close(file)
        raise
    return file


def _pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Returns the reading and the writing end of a pipe, each closed by its stack."""
    ends = os.pipe()
    try:
        moved = [
            _closed_by(stack, fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE))
            for stack, end in zip((reader, writer), ends, strict=True)
        ]
    finally:
        for end in ends:
            os.close(end)
    return moved[0], moved[1]


def _closed_by(stack: ExitStack, descriptor: int) -> int:
    stack.callback(os.close, descriptor)
    return descriptor


def become_reaper() -> None:
    """Makes this process the parent of the browser's orphans and able to reap them: a container may have no init."""
    import ctypes  # here, so that a task loads it while its browser starts

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
