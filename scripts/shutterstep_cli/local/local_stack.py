"""The local stack: the embedded AWS and the launcher as processes of their own, and what is known of them on disk."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from shutterstep_cli.checkout import root

STACK_NAME = "shutterstep"
DEFAULT_PORT = 4566
EMULATOR, LAUNCHER = "shutterstep_cli.local.emulator", "shutterstep_cli.local.launcher"
Progress = Callable[[str], None]


class LocalStackError(Exception):
    """The local stack did not come up; the message ends with what its process said last."""


@dataclass(frozen=True)
class LocalStack:
    """Processes by id, the port of the embedded AWS, the template's parameters and the pool's largest size."""

    port: int
    emulator_pid: int
    launcher_pid: int | None
    parameters: dict[str, str] = field(default_factory=dict)
    autoscale: int = 0

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def home() -> Path:
    """Where logs, packages and the state of the local stack lie: SHUTTERSTEP_HOME, or .shutterstep here."""
    return Path(os.environ.get("SHUTTERSTEP_HOME") or root() / ".shutterstep").resolve()


@cache
def session() -> Any:
    """Gives a session whose credentials only the embedded AWS accepts: a mistake cannot reach an account."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")  # noqa: S106


def client(service: str, endpoint_url: str) -> Any:
    """A client of the embedded AWS."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5, read_timeout=60)
    return session().client(service, endpoint_url=endpoint_url, config=config)


def find() -> LocalStack | None:
    """The running local stack, if there is one."""
    known = _known()
    return known if known and _is_ours(known.emulator_pid, EMULATOR) else None


def up(
    progress: Progress = lambda _line: None,
    *,
    launcher: bool = True,
    parameters: Mapping[str, str] | None = None,
    autoscale: int | None = None,
) -> LocalStack:
    """Start what does not run yet, and deploy what changed.

    `parameters` of the template stay those of the running stack where they are not given. `autoscale` is the largest
    size of the pool, 0 for none; None leaves it. Tests answer the tokens themselves: `launcher=False`.
    An `ImageUri` that the emulator is started with makes containers of render tasks, in the engine of DOCKER_HOST.
    """
    from shutterstep_cli.local.deployment import (
        deploy,  # the transformer is slow to import, and only this verb needs it
    )

    running = find()
    if running is None:
        down()  # a launcher that outlived its emulator would serve the next one's tasks a second time
        progress("starting the embedded AWS")
        running = _start_emulator(parameters or {})
    elif "ImageUri" in (parameters or {}) and "ImageUri" not in running.parameters:
        raise LocalStackError(
            "the local stack renders in processes; for containers, begin with: shutterstep local down"
        )
    endpoint = running.endpoint_url
    wanted = {**running.parameters, **(parameters or {})}
    progress("deploying template.yaml")
    deploy(lambda service: client(service, endpoint), STACK_NAME, home() / "cache", wanted)
    if autoscale is not None and running.autoscale != autoscale:
        _end(running.launcher_pid, LAUNCHER)
        running = replace(running, autoscale=autoscale)
    running = _remember(replace(running, parameters=wanted))
    if launcher and not _is_ours(running.launcher_pid, LAUNCHER):
        progress("starting the launcher of render tasks")
        running = _start_launcher(running)
    return running


def down() -> bool:
    """End the processes of the local stack; says whether there were any."""
    known = _known()
    if known is None:
        return False
    _end(known.launcher_pid, LAUNCHER)
    _end(known.emulator_pid, EMULATOR)
    _state_file().unlink()
    return True


def log_file(name: str) -> Path:
    """The log of `emulator` or `launcher`."""
    return home() / "logs" / f"{name}.log"


def task_logs() -> Path:
    """The folder in which each render task has its log, named after the task."""
    return home() / "logs" / "tasks"


def calls_file() -> Path:
    """Gives the record of calls: one line of JSON for each role, action, resource and whether it was allowed."""
    return home() / "logs" / "calls.jsonl"


def _state_file() -> Path:
    return home() / "stack.json"


def _known() -> LocalStack | None:
    """What was started last; of it, any part may have ended since."""
    if not _state_file().exists():
        return None
    return LocalStack(**json.loads(_state_file().read_text("utf-8")))


def _remember(stack: LocalStack) -> LocalStack:
    _state_file().write_text(json.dumps(asdict(stack)), "utf-8")
    return stack


def _start_emulator(parameters: Mapping[str, str]) -> LocalStack:
    port = _free_port()
    arguments = ["--calls", str(calls_file()), *(["--containers"] if "ImageUri" in parameters else [])]
    pid = _spawn("emulator", [EMULATOR, str(port), *arguments])
    stack = _remember(LocalStack(port, pid, None))
    _wait_until_healthy(stack)
    return stack


def _outputs(stack: LocalStack) -> dict[str, str]:
    found = client("cloudformation", stack.endpoint_url).describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def _start_launcher(stack: LocalStack) -> LocalStack:
    outputs = _outputs(stack)
    arguments = ["--endpoint", stack.endpoint_url, "--logs", str(task_logs())]
    arguments += ["--cluster", outputs["ClusterName"], "--rule", outputs["TaskStoppedRuleName"]]
    arguments += ["--containers"] if "ImageUri" in stack.parameters else []
    if stack.autoscale:
        arguments += ["--autoscale", str(stack.autoscale)]
    return _remember(replace(stack, launcher_pid=_spawn("launcher", [LAUNCHER, *arguments])))


def _spawn(name: str, module: list[str]) -> int:
    log_file(name).parent.mkdir(parents=True, exist_ok=True)
    # The emulator's Lambda must never find credentials of a real account.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with log_file(name).open("wb") as log:
        command = [sys.executable, "-m", *module]
        process = subprocess.Popen(
            command,
            cwd=root(),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process.pid


def _free_port() -> int:
    for port in (DEFAULT_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise LocalStackError("no free port on 127.0.0.1")


def _wait_until_healthy(stack: LocalStack, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _has_ended(stack.emulator_pid):
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", stack.port)) == 0:
                return
        time.sleep(0.05)
    last = log_file("emulator").read_text("utf-8", "replace")[-2000:]
    _end(stack.emulator_pid, EMULATOR)
    raise LocalStackError(f"the embedded AWS did not come up; {log_file('emulator')} ends with:\n{last}")


def _is_ours(pid: int | None, module: str) -> bool:
    """Whether the process still runs and is the one that was started: ids are used again."""
    if pid is None or _has_ended(pid):
        return False
    try:
        return module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def _has_ended(pid: int) -> bool:
    """Says whether the process has ended; reaps it if it is a child of this process, so that no zombie stays."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _end(pid: int | None, module: str, seconds: float = 15) -> None:
    if pid is None or not _is_ours(pid, module):
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while _is_ours(pid, module):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
