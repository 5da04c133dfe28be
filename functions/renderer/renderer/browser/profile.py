"""The folder of a browser, which is removed with it, or by the next process if its owner was killed."""

import fcntl
import os
import re
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from renderer.browser.processes import PROC, processes

PREFIX, UNFINISHED = "chromium-", ".chromium-"
# Locked by the process that started the browser; the kernel releases the lock however that process ends.
OWNER = "owner"


class Profile(NamedTuple):
    """A browser's folder and our lock on it, which Chromium does not inherit."""

    folder: Path
    lock: int

    def remove(self) -> None:
        """Removes the folder, after its browser has ended."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            os.close(self.lock)


def make_profile() -> Profile:
    """Makes a new, locked folder for a browser. Raises OSError, for example when the disk is full."""
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED))
    lock = -1
    try:
        lock = os.open(unfinished / OWNER, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        # It gets its final name only after it is locked.
        return Profile(unfinished.rename(unfinished.with_name(unfinished.name[1:])), lock)
    except OSError:
        Profile(unfinished, lock).remove()
        raise


def remove_ownerless_profiles() -> int:
    """Ends the browsers whose owner was killed, and removes their folders; returns how many."""
    return sum(map(_remove_if_ownerless, Path(tempfile.gettempdir()).glob(f"{PREFIX}*")))


def _remove_if_ownerless(folder: Path) -> bool:
    try:
        lock = os.open(folder / OWNER, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False  # not ours, or another user's
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _kill_browser_of(folder)
    Profile(folder, lock).remove()
    return True


def _kill_browser_of(folder: Path) -> None:
    """Kills the browser of a folder.

    Most browsers end by themselves when their pipe closes; one that hangs does not.
    """
    argument = re.compile(rb"--user-data-dir=" + re.escape(os.fsencode(folder)) + rb"[\0 ]")
    for process in processes():
        with suppress(OSError):
            if argument.search((PROC / str(process) / "cmdline").read_bytes()):
                os.kill(process, signal.SIGKILL)
