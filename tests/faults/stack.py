"""The local stack with the fault proxy in between: starter, launcher and renderers all call through it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from renderer.browser.processes import processes
from shutterstep_cli.checkout import root
from shutterstep_cli.local.local_stack import closed_ports_folder
from shutterstep_cli.local.own_processes import pid_in
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.pool import backlog_of
from shutterstep_cli.stack.target import Target
from tests.faults.invariants import Evidence
from tests.faults.proxy import FaultProxy
from tests.faults.schedule import LAUNCHER_KILLED, Message, Schedule

# Most simultaneous executions: more would only wait for a core, some longer than their heartbeat timeout.
IN_FLIGHT = 16
REDELIVERED_AFTER_SECONDS = 8
WORKERS = 3
PARAMETERS = {"task": {}, "pool": {"RenderMode": "pool", "PoolVisibilityTimeout": "12"}}
# The suffix that replay gives; a message id of SQS has only hexadecimal digits.
REPLAYED = re.compile(r"-r[0-9a-f]{9}$")


class FaultyStack:
    """`target` is a stack without a launcher; this class starts one that it can kill."""

    def __init__(self, target: Target, schedule: Schedule, logs: Path) -> None:
        self.target, self.schedule, self.logs = target, schedule, logs
        self.machine = target.outputs["StateMachineArn"]
        self.sfn = target.client("stepfunctions")
        port = int((target.endpoint_url or "").rpartition(":")[2])
        self.proxy = FaultProxy(port, schedule, self)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "FaultyStack":
        self.proxy.__enter__()
        self._let_the_starter_call_through_the_proxy()
        self.launcher = self._start_launcher()
        self._watcher.start()
        if self.schedule.mode == "pool":
            service = {"cluster": self.target.outputs["ClusterName"], "service": self.target.outputs["PoolServiceName"]}
            self.target.client("ecs").update_service(**service, desiredCount=WORKERS)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watcher.join()
        self.launcher.terminate()
        self.launcher.wait()
        self.proxy.__exit__()

    def _let_the_starter_call_through_the_proxy(self) -> None:
        functions = self.target.client("lambda")
        (starter,) = functions.list_functions()["Functions"]
        variables = starter["Environment"]["Variables"] | {"AWS_ENDPOINT_URL": self.proxy.endpoint}
        functions.update_function_configuration(
            FunctionName=starter["FunctionName"], Environment={"Variables": variables}
        )
        # The five minutes of the template would make each redelivery last as long.
        self.target.client("sqs").set_queue_attributes(
            QueueUrl=self.target.outputs["RequestQueueUrl"],
            Attributes={"VisibilityTimeout": str(REDELIVERED_AFTER_SECONDS)},
        )

    def _start_launcher(self) -> "subprocess.Popen[bytes]":
        outputs = self.target.outputs
        command = [sys.executable, "-m", "shutterstep_cli.local.launcher", "--endpoint", self.proxy.endpoint]
        command += ["--cluster", outputs["ClusterName"], "--rule", outputs["TaskStoppedRuleName"]]
        command += ["--closed-ports", str(closed_ports_folder())]
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs.parent / "launcher.log").open("ab") as log:
            environment = os.environ | {"TMPDIR": str(self.temporary)}
            command += ["--logs", str(self.logs)]
            return subprocess.Popen(command, cwd=root(), env=environment, stdout=log, stderr=log)

    @property
    def temporary(self) -> Path:
        """Where renderers and their browsers keep what they need for the moment."""
        folder = self.logs.parent.parent / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def kill_launcher(self) -> None:
        """Kills the launcher with SIGKILL, and starts a new one that finds what the old one left."""
        self.launcher.kill()
        self.launcher.wait()
        self.proxy.note(LAUNCHER_KILLED)
        self.launcher = self._start_launcher()

    def send_all(self, urls: dict[str, str]) -> None:
        """Every message in its order, never more than IN_FLIGHT at once; the launcher dies where it has to."""
        sqs, queue = self.target.client("sqs"), self.target.outputs["RequestQueueUrl"]
        for place, message in enumerate(self.schedule.messages):
            while self.running() >= IN_FLIGHT:
                time.sleep(0.2)
            if place in self.schedule.launcher_kills:
                self.kill_launcher()
            sqs.send_message(QueueUrl=queue, MessageBody=body_of(message, urls))

    def running(self) -> int:
        """How many executions are at work."""
        return sum(1 for _ in self._executions("RUNNING"))

    def wait_until_idle(self, seconds: float = 900) -> None:
        """Until no message or job waits or is in flight and no execution runs, twice in a row."""
        deadline, quiet = time.monotonic() + seconds, 0
        while quiet < 2:
            assert time.monotonic() < deadline, "the stack does not come to rest"
            quiet = quiet + 1 if not self._is_busy() else 0
            time.sleep(0.5)

    def _is_busy(self) -> bool:
        return bool(self._in_queue("RequestQueueUrl") or self.running() or self._in_queue("RenderQueueUrl"))

    def _in_queue(self, output: str) -> int:
        return backlog_of(self.target.client("sqs"), self.target.outputs[output]).jobs

    def replay(self) -> None:
        """Replays with the operator's command."""
        command = [sys.executable, "-m", "shutterstep_cli", "replay", "--yes", "--rate", "10"]
        done = subprocess.run(command, cwd=root(), capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr

    def evidence(self) -> Evidence:
        """What the stack shows now."""
        ids = {message.id for message in self.schedule.messages if message.id}
        items = {id_: item for id_ in ids if (item := item_of(self.target, id_))}
        keys = [item["s3_key"] for item in items.values() if "s3_key" in item]
        return Evidence(
            sent=len(self.schedule.messages),
            jobs=self._in_queue("RenderQueueUrl"),
            executions=dict(self._described()),
            items=items,
            objects={key: digest for key in keys if (digest := self._digest(key))},
            dead_letters=self._dead_letters(),
        )

    def _described(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for one in self._executions():
            execution = self.sfn.describe_execution(executionArn=one["executionArn"])
            name = one["name"]
            yield (
                name,
                {
                    "id": json.loads(execution["input"])["id"],
                    "status": execution["status"],
                    "output": json.loads(execution.get("output") or "{}") if execution["status"] == "SUCCEEDED" else {},
                    "replayed": bool(REPLAYED.search(name)),
                },
            )

    def _executions(self, status: str | None = None) -> Iterator[dict[str, Any]]:
        wanted = {"statusFilter": status} if status else {}
        pages = self.sfn.get_paginator("list_executions").paginate(stateMachineArn=self.machine, **wanted)
        yield from pages.search("executions[]")

    def _digest(self, key: str) -> str | None:
        try:
            body = self.target.client("s3").get_object(Bucket=self.target.outputs["BucketName"], Key=key)["Body"]
        except ClientError:
            return None
        return sha256(body.read()).hexdigest()

    def _dead_letters(self) -> set[str]:
        """The message ids of those put aside; one delivered twice is put aside twice, and is one."""
        sqs, queue = self.target.client("sqs"), self.target.outputs["DeadLetterQueueUrl"]
        arguments = {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 60}
        found: set[str] = set()
        while messages := sqs.receive_message(**arguments, MessageAttributeNames=["message_id"]).get("Messages"):
            found |= {message["MessageAttributes"]["message_id"]["StringValue"] for message in messages}
        return found

    def kill_renderer(self, caller: str) -> None:
        """SIGKILL to the renderer with these credentials; its browser is left behind."""
        self._signal(caller, signal.SIGKILL)

    def tell_renderer_to_stop(self, caller: str) -> None:
        """SIGTERM to it."""
        self._signal(caller, signal.SIGTERM)

    def kill_browser(self, caller: str) -> None:
        """SIGKILL to the processes of its browser."""
        renderer = self._renderer(caller)
        for process in processes():
            with suppress(OSError):
                if os.getsid(process) == renderer and process != renderer:
                    os.kill(process, signal.SIGKILL)

    def stop_execution(self, name: str) -> None:
        """Stops an execution, as an operator would."""
        arn = self.machine.replace(":stateMachine:", ":execution:")
        self.sfn.stop_execution(executionArn=f"{arn}:{name}", cause="stopped by the schedule")

    def _signal(self, caller: str, number: int) -> None:
        renderer = self._renderer(caller)
        if renderer:
            with suppress(OSError):
                os.kill(renderer, number)

    def _renderer(self, caller: str) -> int:
        """The process with these credentials, which each task has of its own; 0 when it is gone."""
        variable = f"AWS_ACCESS_KEY_ID={caller}"
        pids = (pid_in(file) for file in self.logs.glob("*.pid"))
        return next((pid for pid in pids if pid and variable in environment_of(pid)), 0)

    def _watch(self) -> None:
        """Learns the token of each task before it calls anybody; jobs of the pool are seen on their way."""
        seen: set[Path] = set()
        while not self._stop.wait(0.05):
            for file in set(self.logs.glob("*.pid")) - seen:
                environment = environment_of(pid_in(file) or 0)
                job = next((entry[4:] for entry in environment if entry.startswith("JOB=")), "")
                if job:
                    self.proxy.learn_job(job)
                if environment:
                    seen.add(file)


def body_of(message: Message, urls: dict[str, str]) -> str:
    """The text that is sent."""
    return message.body or json.dumps({"id": message.id, "url": urls[message.page]})


def environment_of(pid: int) -> list[str]:
    """NAME=value of a process; none when it is gone, or has not begun."""
    try:
        return Path(f"/proc/{pid}/environ").read_text("utf-8").split("\0")
    except OSError:
        return []


def left_in(home: Path) -> list[str]:
    """What a stack left behind that has gone down: processes by their command, folders of browsers by their name."""
    folders = [entry.name for entry in (home / "tmp").glob("*chromium-*")]
    return [*folders, *(command for pid in processes() if str(home) in (command := command_of(pid)))]


def command_of(pid: int) -> str:
    """The command line and the environment of a process; empty when it is gone."""
    command = ""
    for part in ("cmdline", "environ"):
        with suppress(OSError):
            command += Path(f"/proc/{pid}/{part}").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    return command
