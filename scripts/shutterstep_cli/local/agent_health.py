"""Health of the launcher and of pool workers, from files that they touch: a running process may still be stuck."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Seconds. The launcher looks at the cluster several times a second, but a step may be slow on a busy machine.
LAUNCHER_SILENT_SECONDS = 60.0
LAUNCHER_FAILING_SECONDS = 5.0
# Seconds. A worker touches its file when the queue answers and when a page ends; a page takes at most 120 s.
WORKER_SILENT_SECONDS = 180.0


@dataclass
class LauncherHealth:
    """The launcher's note about its last step, in the folder of the tasks' logs."""

    folder: Path
    _said: str = ""
    _noted_at: float = 0

    def worked(self) -> None:
        """Notes, once a second, that a step succeeded."""
        self._said = ""
        if time.monotonic() - self._noted_at > 1:
            self._noted_at = time.monotonic()
            self._failing.unlink(missing_ok=True)
            self._touched.parent.mkdir(parents=True, exist_ok=True)
            self._touched.touch()

    def failed(self, what: str) -> None:
        """Notes that a step failed. Logs a line if the reason is new."""
        if what == self._said:
            return
        self._said, self._noted_at = what, 0
        print(what, flush=True)
        with suppress(OSError):  # a full disk may be the reason
            if not self._failing.exists():
                self._failing.write_text(what, "utf-8")

    def forget(self) -> None:
        """Deletes the notes of an earlier launcher."""
        for file in (self._touched, self._failing):
            file.unlink(missing_ok=True)

    def problem(self) -> str | None:
        """Returns what has kept the launcher from working for some time; None while it works or has just started."""
        failing_for, silent_for = _age(self._failing), _age(self._touched)
        if failing_for is not None and failing_for > LAUNCHER_FAILING_SECONDS:
            with suppress(OSError):
                return self._failing.read_text("utf-8")
        if silent_for is not None and silent_for > LAUNCHER_SILENT_SECONDS:
            return f"it has done nothing for {silent_for:.0f} s"
        return None

    @property
    def _touched(self) -> Path:
        return self.folder / "launcher.worked"

    @property
    def _failing(self) -> Path:
        return self.folder / "launcher.failing"


def worked_file(folder: Path, task: str) -> Path:
    """Returns the file that a pool worker touches, POOL_WORKED_FILE."""
    return folder / f"{task}.worked"


def silent_seconds(folder: Path, task: str) -> float | None:
    """Returns for how many seconds a pool worker has not worked; None for a task that is not a worker."""
    return _age(worked_file(folder, task))


def is_suspended(pid: int) -> bool:
    """Whether the process was stopped by SIGSTOP or from a terminal, so that it does nothing."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    return False


def _age(file: Path) -> float | None:
    with suppress(OSError):
        return max(0.0, time.time() - file.stat().st_mtime)
    return None
