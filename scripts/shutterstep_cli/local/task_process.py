"""A task of the embedded cluster as a process with its own process group, log file and id file."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from renderer.browser.processes import processes
from renderer.browser.profile import remove_ownerless_profiles
from shutterstep_cli.checkout import root
from shutterstep_cli.local.agent_health import WORKER_SILENT_SECONDS, silent_seconds, worked_file
from shutterstep_cli.local.whole_file import write_whole

# ECS waits 30 s between SIGTERM and SIGKILL by default; on a laptop that is too long.
STOP_TIMEOUT_SECONDS = 5


@dataclass
class TaskProcess:
    """Starts on creation. `log` and `pid_file` are named after the task."""

    process: "subprocess.Popen[bytes]"
    pid_file: Path
    stop_timeout: float
    kill_at: float | None = None

    @classmethod
    def start(cls, name: str, logs: Path, environment: dict[str, str], stop_timeout: float | None) -> "TaskProcess":
        """Starts the renderer of a task in its own process group, so that its browser ends with it."""
        logs.mkdir(parents=True, exist_ok=True)
        if file := environment.get("POOL_WORKED_FILE"):
            Path(file).touch()
        with (logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "renderer"],
                env=environment | {"PYTHONPATH": os.pathsep.join(map(str, renderer_path()))},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        task = cls(process, logs / f"{name}.pid", stop_timeout or STOP_TIMEOUT_SECONDS)
        try:
            write_whole(task.pid_file, str(process.pid))
        except OSError:
            task.clear()  # without its id file nobody could find it again
            raise
        return task

    def exit_code(self) -> int | None:
        """Returns the exit code, or None while it runs; a signal counts as 128 plus its number, as in a container."""
        code = self.process.poll()
        return 128 - code if code is not None and code < 0 else code

    def terminate(self) -> None:
        """Sends SIGTERM; `reap` kills the process when its time is up."""
        self.process.terminate()
        self.kill_at = time.monotonic() + self.stop_timeout

    def is_stuck(self) -> bool:
        """Whether it is a pool worker that has done nothing for longer than any page takes."""
        silent_for = silent_seconds(self.pid_file.parent, self.pid_file.stem)
        return silent_for is not None and silent_for > WORKER_SILENT_SECONDS and self.process.poll() is None

    def kill(self) -> None:
        """Sends SIGKILL, and waits for the end."""
        self.process.kill()
        self.process.wait()

    def reap(self) -> bool:
        """Whether it has ended, if necessary by SIGKILL after its stop time-out; nothing of its group is left then."""
        late = self.kill_at is not None and time.monotonic() > self.kill_at
        if self.process.poll() is None and not late:
            return False
        self.clear()
        return True

    def clear(self) -> None:
        """Kills what is left of its group, such as a browser that outlived its renderer, and deletes its id file."""
        kill_session(self.process.pid)
        self.process.wait()
        remove_ownerless_profiles()
        self.pid_file.unlink(missing_ok=True)
        worked_file(self.pid_file.parent, self.pid_file.stem).unlink(missing_ok=True)


def renderer_path() -> tuple[Path, Path]:
    """Returns the folders of the renderer and of the shared layer, as in its image."""
    return root() / "functions/renderer", root() / "layers/shared"


def end_all(processes: list[TaskProcess]) -> None:
    """Sends SIGTERM to all, and SIGKILL to those that remain after STOP_TIMEOUT_SECONDS."""
    for task in processes:
        task.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    for task in processes:
        with suppress(subprocess.TimeoutExpired):
            task.process.wait(max(0, deadline - time.monotonic()))
        task.clear()


def kill_orphan(pid: int) -> None:
    """Kills a process only if it is a renderer, because ids are reused."""
    with suppress(FileNotFoundError, ProcessLookupError):
        if b"\0renderer\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
            kill_session(pid)
    remove_ownerless_profiles()


def kill_session(leader: int) -> None:
    """Kills every process of the session: the browser has its own group, but not its own session."""
    for process in processes():
        with suppress(OSError):
            if os.getsid(process) == leader:
                os.kill(process, signal.SIGKILL)
