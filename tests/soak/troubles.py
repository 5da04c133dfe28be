"""The disturbances of a soak: executions stopped at random and workers replaced; and the resources used meanwhile."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError

from renderer.browser.processes import PROC, processes
from shutterstep_cli.local import local_pool, local_stack
from shutterstep_cli.stack.target import Target

MIB = 2**20


@contextmanager
def every(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Calls `act` every `seconds` in its own thread while the block lasts."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            act()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@dataclass
class Stops:
    """Stops an execution at random; `ids` are those whose execution it was."""

    target: Target
    ids: set[str] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    def stop_one(self) -> None:
        sfn = self.target.client("stepfunctions")
        machine = self.target.outputs["StateMachineArn"]
        running = sfn.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
        if running:
            one = self.chance.choice(running)
            self.ids.add(one["name"].partition("--")[0])
            with suppress(ClientError):  # it ended meanwhile
                sfn.stop_execution(executionArn=one["executionArn"], cause="stopped by the soak")


@dataclass
class Redeployments:
    """Replaces the workers; `done` counts, `errors` say what did not work."""

    target: Target
    done: int = 0
    errors: list[str] = field(default_factory=list)

    def redeploy(self) -> None:
        try:
            local_pool.redeploy(self.target, lambda _line: None)
            self.done += 1
        except local_stack.LocalStackError as error:
            self.errors.append(str(error))


@dataclass
class Meter:
    """Samples what the pool's processes hold in memory and its folder for temporary files on disk, in MiB."""

    home: Path
    temporary: Path
    memory: list[float] = field(default_factory=list)
    disk: list[float] = field(default_factory=list)

    def sample(self) -> None:
        self.memory.append(sum(map(_resident, _workers(self.temporary))) / MIB)
        self.disk.append(sum(_sizes(self.temporary)) / MIB)


def _workers(temporary: Path) -> Iterator[int]:
    """The processes whose environment names the folder for temporary files: renderers and their browsers."""
    wanted = f"TMPDIR={temporary}".encode()
    for pid in processes():
        with suppress(OSError):
            if b"launcher" not in (PROC / str(pid) / "cmdline").read_bytes() and wanted in (
                PROC / str(pid) / "environ"
            ).read_bytes().split(b"\0"):
                yield pid


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        _, resident, shared = (PROC / str(pid) / "statm").read_text().split()[:3]
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _sizes(folder: Path) -> Iterator[int]:
    """The bytes of each file; what goes away meanwhile is left out."""
    for place, _folders, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                yield (Path(place) / name).lstat().st_size
