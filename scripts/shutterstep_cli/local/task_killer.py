"""Kills a renderer of the local stack every few seconds while a load test runs."""

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

from shutterstep_cli.local import local_stack


class Killer:
    """While it is open, kills the process group of one local renderer every `seconds`; `killed` counts them."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.killed = seconds, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._chance = random.Random(0)  # noqa: S311 (not a secret)

    def __enter__(self) -> "Killer":
        if self.seconds > 0:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self.seconds > 0:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.seconds):
            if pids := renderers():
                with suppress(ProcessLookupError):
                    os.killpg(self._chance.choice(pids), signal.SIGKILL)
                    self.killed += 1


def renderers() -> list[int]:
    """Returns the process ids of this stack's renderers, as its launcher noted them."""
    return sorted(pid for file in local_stack.task_logs().glob("*.pid") if (pid := _pid_in(file)))


def _pid_in(file: Path) -> int:
    """Returns 0 if the process has ended: ids are reused, and only renderers may be killed."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        pid = int(file.read_text("utf-8"))
        if b"\0renderer\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return 0
