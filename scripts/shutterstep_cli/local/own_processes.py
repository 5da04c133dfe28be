"""The processes that the local stack started, identified by their id and the module they run."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from shutterstep_cli.checkout import root


def spawn_module(module: str, arguments: list[str], log_file: Path) -> int:
    """Starts `python -m MODULE ARGUMENTS` in its own session with a new log; returns its process id."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    # The emulator's Lambda must never find credentials of a real account; and a proxy cannot reach this machine.
    kept = (key for key in os.environ if not key.startswith("AWS_") and not key.lower().endswith("_proxy"))
    environment = {key: os.environ[key] for key in kept}
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=root(),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process.pid


def is_ours(pid: int | None, module: str) -> bool:
    """Whether the process still runs and is the one that was started; ids are reused."""
    if pid is None or has_ended(pid):
        return False
    try:
        return module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def find_process(module: str, argument: str) -> tuple[int, list[str]] | None:
    """Returns the id and the command line of the process that runs the module with this argument, or None."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (folder / "cmdline").read_text("utf-8", "replace").split("\0")
            if module in arguments and argument in arguments:
                return int(folder.name), arguments
    return None


def pid_in(file: Path) -> int | None:
    """Returns the process id in a file; None if it has none, for example after a crash or with a full disk."""
    try:
        return int(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def has_ended(pid: int) -> bool:
    """Whether the process has ended. Reaps it if it is a child of this process, or it would stay as a zombie."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def end_process(pid: int | None, module: str, seconds: float = 15) -> None:
    """Sends SIGTERM to the process if it still is the one that was started, and SIGKILL after `seconds`."""
    if pid is None or not is_ours(pid, module):
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_ours(pid, module):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
