"""A launcher or a pool worker that runs but does nothing is distinguished from one that works."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from shutterstep_cli.local import local_stack, stack_status
from shutterstep_cli.local.agent_health import LAUNCHER_SILENT_SECONDS, WORKER_SILENT_SECONDS, LauncherHealth
from shutterstep_cli.local.local_stack import LocalStack
from shutterstep_cli.stack.target import Target
from shutterstep_cli.trouble import CommandError
from tests.waiting import wait_for


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The logs of a stack whose processes run."""
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path))
    running = LocalStack(4566, os.getpid(), os.getpid())
    for name, value in (("known", running), ("find", running), ("launcher_runs", True)):
        monkeypatch.setattr(local_stack, name, lambda *_, value=value: value)
    monkeypatch.setattr(stack_status, "_of_the_emulator", lambda _: [])
    folder = tmp_path / "logs" / "tasks"
    folder.mkdir(parents=True)
    return folder


def grow_old(file: Path, seconds: float) -> None:
    then = time.time() - seconds - 1
    os.utime(file, (then, then))


def found() -> list[tuple[str, str]]:
    return [(trouble.part, trouble.cure) for trouble in stack_status.troubles()]


def worker(logs: Path, name: str, pid: int) -> Path:
    (logs / f"{name}.pid").write_text(str(pid))
    (logs / f"{name}.worked").touch()
    return logs / f"{name}.worked"


def test_a_launcher_and_a_worker_that_work_are_no_trouble(logs: Path) -> None:
    LauncherHealth(logs.parent).worked()
    worker(logs, "one", os.getpid())
    assert found() == []


def test_a_launcher_whose_calls_are_denied_again_and_again_is_named_with_the_reason(logs: Path) -> None:
    health = LauncherHealth(logs.parent)
    health.failed("the cluster refuses, trying again: AccessDenied")
    grow_old(logs.parent / "launcher.failing", 5)
    health.failed("the cluster refuses, trying again: AccessDenied")
    (trouble,) = stack_status.troubles()
    assert "AccessDenied" in trouble.what
    assert trouble.cure == "shutterstep local down; shutterstep local up"
    health.worked()
    assert found() == []


def test_a_launcher_that_hangs_is_found(logs: Path) -> None:
    LauncherHealth(logs.parent).worked()
    grow_old(logs.parent / "launcher.worked", LAUNCHER_SILENT_SECONDS)
    assert found() == [("launcher", "shutterstep local down; shutterstep local up")]


def test_a_worker_that_takes_no_job_for_longer_than_a_page_takes_is_found(logs: Path) -> None:
    grow_old(worker(logs, "one", os.getpid()), WORKER_SILENT_SECONDS)
    assert found() == [("pool", "shutterstep local redeploy")]


def test_a_suspended_worker_is_found_at_once(logs: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        worker(logs, "one", process.pid)
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: found() == [("pool", f"kill -CONT {process.pid}")])
        process.kill()


def test_a_verb_that_waits_ends_when_the_launcher_has_died(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert logs.exists()
    monkeypatch.setattr(stack_status, "LOOK_EVERY_SECONDS", 0)
    check = stack_status.watched(Target(None, "shutterstep", "http://127.0.0.1:4566"))
    check()
    monkeypatch.setattr(local_stack, "launcher_runs", lambda _: False)
    with pytest.raises(CommandError, match="shutterstep local up") as ended:
        check()
    assert ended.value.exit_code == 1
