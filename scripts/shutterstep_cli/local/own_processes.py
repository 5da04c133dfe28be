"""The processes that the local stack started, known by their id and the module they run."""

import os
import signal
import time
from pathlib import Path


def is_ours(pid: int | None, module: str) -> bool:
    """Whether the process still runs and is the one that was started: ids are used again."""
    if pid is None or has_ended(pid):
        return False
    try:
        return module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def has_ended(pid: int) -> bool:
    """Also takes the exit status of a child of this very process, which would stay as a zombie."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def end_process(pid: int | None, module: str, seconds: float = 15) -> None:
    """SIGTERM to the process if it still is the one that was started, SIGKILL when it takes longer."""
    if pid is None or not is_ours(pid, module):
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_ours(pid, module):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
