"""The local stack: the embedded AWS and the launcher as separate processes, and their state on disk."""

import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.checkout import root
from shutterstep_cli.local.left_containers import remove_containers
from shutterstep_cli.local.own_processes import end_process, find_process, has_ended, is_ours, spawn_module
from shutterstep_cli.local.port_choice import PortTakenError, ask_for, choose_port
from shutterstep_cli.local.root_key import RootKey, create_root_key, read_root_key
from shutterstep_cli.local.stack_lock import one_at_a_time
from shutterstep_cli.local.stack_ports import close_port, forget_ended
from shutterstep_cli.local.whole_file import write_whole
from shutterstep_cli.trouble import CommandError

STACK_NAME = "shutterstep"
REGION = "us-east-1"
DEFAULT_PORT = 4566
START_ATTEMPTS = 3
PORT_TAKEN = "is already in use"  # the emulator's last words when its port is taken
EMULATOR, LAUNCHER = "shutterstep_cli.local.emulator", "shutterstep_cli.local.launcher"
_RETRIES: Any = {"mode": "standard", "total_max_attempts": 3}
_CONFIG = Config(
    retries=_RETRIES, connect_timeout=5, read_timeout=60, proxies={}
)  # no proxy: the endpoint is on this machine
_NO_FILE = (None, None, os.devnull, None)
_NO_FILES: Any = {"profile": (None,) * 4, "config_file": _NO_FILE, "credentials_file": _NO_FILE}
Progress = Callable[[str], None]


class LocalStackError(CommandError):
    """The local stack did not start; the message ends with the last lines of its process."""


@dataclass(frozen=True)
class LocalStack:
    """Process ids, the port of the embedded AWS, the template's parameters and the pool's largest size."""

    port: int
    emulator_pid: int
    launcher_pid: int | None
    parameters: dict[str, str] = field(default_factory=dict)
    autoscale: int = 0

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def home() -> Path:
    """Returns the folder of logs, packages and state of the local stack: SHUTTERSTEP_HOME, or .shutterstep here."""
    return Path(os.environ.get("SHUTTERSTEP_HOME") or root() / ".shutterstep").resolve()


def session() -> Any:
    """Returns a boto3 session with the root key of the local stack. Raises LocalStackError when there is none."""
    try:
        return _session_with(read_root_key(root_key_file()))
    except (OSError, ValueError, TypeError) as exc:
        raise LocalStackError(f"no local stack: {root_key_file()} is missing. Start: shutterstep local up") from exc


@cache
def _session_with(key: RootKey) -> Any:
    # Profiles and files of the AWS CLI belong to accounts; errors in them do not matter here.
    core = botocore.session.Session(session_vars=_NO_FILES)
    return boto3.Session(key.access_key_id, key.secret_access_key, region_name=REGION, botocore_session=core)


def client(service: str, endpoint_url: str) -> Any:
    """Returns a client of the embedded AWS."""
    return session().client(service, endpoint_url=endpoint_url, config=_CONFIG)


def find() -> LocalStack | None:
    """Returns the running local stack, or None."""
    last = known()
    return last if last and is_ours(last.emulator_pid, EMULATOR) else None


def launcher_runs(stack: LocalStack) -> bool:
    """Whether the process that renders still runs."""
    return is_ours(stack.launcher_pid, LAUNCHER)


@one_at_a_time(home)
def up(
    progress: Progress = lambda _line: None,
    *,
    launcher: bool = True,
    parameters: Mapping[str, str] | None = None,
    autoscale: int | None = None,
    port: int | None = None,
) -> LocalStack:
    """Starts what does not run yet, and deploys what changed. Raises LocalStackError, DeployError or PortTakenError.

    Template parameters that `parameters` does not name keep their values of the running stack. `autoscale` is the
    largest size of the pool, 0 for no autoscaling; None changes nothing. `launcher=False` is for tests that answer the
    task tokens themselves. `port` is remembered for the next start; it is an error if it is taken. If the emulator is
    started with an `ImageUri`, render tasks run as containers of the engine that DOCKER_HOST names.
    """
    from shutterstep_cli.local.deployment import (
        deploy,  # the transformer is slow to import, and only this verb needs it
    )

    running = find()
    if port is not None and running is not None and running.port != port:
        raise LocalStackError(f"the local stack runs at port {running.port}; stop it first: shutterstep local down")
    if port is not None:
        ask_for(home(), port)
    if running is None:
        down()  # a launcher that outlived its emulator would serve the next one's tasks a second time
        progress("starting the embedded AWS")
        running = _start_emulator(parameters or {})
    elif "ImageUri" in (parameters or {}) and "ImageUri" not in running.parameters:
        raise LocalStackError(
            "the local stack renders in processes; to render in containers, stop it first: shutterstep local down"
        )
    endpoint = running.endpoint_url
    wanted = {**running.parameters, **(parameters or {})}
    progress("deploying template.yaml")
    deploy(lambda service: client(service, endpoint), STACK_NAME, home() / "cache", wanted)
    if autoscale is not None and running.autoscale != autoscale:
        end_process(running.launcher_pid, LAUNCHER)
        running = replace(running, autoscale=autoscale)
    running = _remember(replace(running, parameters=wanted))
    if launcher and not is_ours(running.launcher_pid, LAUNCHER):
        progress("starting the launcher of render tasks")
        running = _start_launcher(running)
    return running


@one_at_a_time(home)
def down() -> bool:
    """Ends the processes of the local stack; returns whether there were any."""
    last = known()
    if last is not None:
        end_process(last.launcher_pid, LAUNCHER)
        end_process(last.emulator_pid, EMULATOR)
        if "ImageUri" in last.parameters:
            remove_containers(last.port)
    _state_file().unlink(missing_ok=True)
    root_key_file().unlink(missing_ok=True)
    return last is not None


def log_file(name: str) -> Path:
    """Returns the log file of `emulator` or `launcher`."""
    return home() / "logs" / f"{name}.log"


def task_logs() -> Path:
    """Returns the folder of the render tasks' logs, each named after its task."""
    return home() / "logs" / "tasks"


def calls_file() -> Path:
    """Returns the record of calls: one line of JSON for each role, action, resource and decision."""
    return home() / "logs" / "calls.jsonl"


def root_key_file() -> Path:
    """Returns the file of the operator's credentials: readable by the user only, new at each start of the emulator."""
    return home() / "root-key.json"


def closed_ports_folder() -> Path:
    """Returns the folder with a file for each port that no rendered page may reach."""
    return home() / "closed-ports"


def _state_file() -> Path:
    return home() / "stack.json"


def known() -> LocalStack | None:
    """Returns what was started last; any part of it may have ended since."""
    try:
        return LocalStack(**json.loads(_state_file().read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        # The file is of another version, or its writer was killed; running processes are found by their arguments.
        return _found_by_processes()


def _found_by_processes() -> LocalStack | None:
    """Returns this home's running stack, found by its processes' arguments, with the deployed parameters."""
    emulator = find_process(EMULATOR, str(calls_file()))
    if emulator is None:
        return None
    pid, arguments = emulator
    port = int(arguments[arguments.index(EMULATOR) + 1])
    launcher_pid, options = find_process(LAUNCHER, str(task_logs())) or (None, [])
    autoscale = int(options[options.index("--autoscale") + 1]) if "--autoscale" in options else 0
    stack = LocalStack(port, pid, launcher_pid, autoscale=autoscale)
    return replace(stack, parameters=_deployed_parameters(stack))


def _deployed_parameters(stack: LocalStack) -> dict[str, str]:
    try:
        found = _deployed(stack)
    except (BotoCoreError, ClientError, LocalStackError):
        return {}  # it was never deployed, or its key is missing too
    return {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"] if one["ParameterValue"]}


def _remember(stack: LocalStack) -> LocalStack:
    write_whole(_state_file(), json.dumps(asdict(stack)))
    return stack


def _start_emulator(parameters: Mapping[str, str]) -> LocalStack:
    """Starts the emulator; tries another port if another process took the free one in the meantime."""
    for _ in range(START_ATTEMPTS - 1):
        try:
            return _start_emulator_once(parameters)
        except LocalStackError as error:
            if PORT_TAKEN not in str(error):
                raise
    return _start_emulator_once(parameters)


def _start_emulator_once(parameters: Mapping[str, str]) -> LocalStack:
    try:
        port = choose_port(home(), DEFAULT_PORT)
    except PortTakenError as error:
        raise LocalStackError(str(error)) from error
    _make_home()
    create_root_key(root_key_file())
    arguments = ["--calls", str(calls_file()), "--root-key", str(root_key_file())]
    arguments += ["--closed-ports", str(closed_ports_folder())]
    arguments += ["--containers"] if "ImageUri" in parameters else []
    pid = spawn_module(EMULATOR, [str(port), *arguments], log_file("emulator"))
    forget_ended(closed_ports_folder())
    close_port(closed_ports_folder(), port, pid)
    stack = _remember(LocalStack(port, pid, None))
    _wait_until_healthy(stack)
    return stack


def _make_home() -> None:
    """Makes the home folder, readable by its owner only, because it holds logs and requests."""
    home().mkdir(parents=True, exist_ok=True)
    home().chmod(0o700)


def _deployed(stack: LocalStack) -> dict[str, Any]:
    return client("cloudformation", stack.endpoint_url).describe_stacks(StackName=STACK_NAME)["Stacks"][0]


def _start_launcher(stack: LocalStack) -> LocalStack:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in _deployed(stack)["Outputs"]}
    arguments = ["--endpoint", stack.endpoint_url, "--logs", str(task_logs())]
    arguments += ["--closed-ports", str(closed_ports_folder())]
    arguments += ["--cluster", outputs["ClusterName"], "--rule", outputs["TaskStoppedRuleName"]]
    arguments += ["--containers"] if "ImageUri" in stack.parameters else []
    if stack.autoscale:
        arguments += ["--autoscale", str(stack.autoscale)]
    return _remember(replace(stack, launcher_pid=spawn_module(LAUNCHER, arguments, log_file("launcher"))))


def _wait_until_healthy(stack: LocalStack, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if has_ended(stack.emulator_pid):
            break
        if _answers(stack):
            return
        time.sleep(0.05)
    last = log_file("emulator").read_text("utf-8", "replace")[-2000:]
    end_process(stack.emulator_pid, EMULATOR)
    raise LocalStackError(f"the embedded AWS did not start; {log_file('emulator')} ends with:\n{last}")


def _answers(stack: LocalStack) -> bool:
    """Whether the emulator at the port is the one that has our key."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", stack.port)) != 0:
            return False
    try:
        client("sts", stack.endpoint_url).get_caller_identity()
    except (BotoCoreError, ClientError):
        return False
    return True
