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
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from shutterstep_cli.checkout import root
from shutterstep_cli.local.local_stack import closed_ports_folder
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from tests.faults.invariants import Evidence
from tests.faults.proxy import SHOT, FaultProxy
from tests.faults.schedule import LAUNCHER_KILLED, Message, Schedule

# Executions at once: more would only wait for a core, some longer than their heartbeat allows.
IN_FLIGHT = 16
REDELIVERED_AFTER_SECONDS = 8
# The suffix that replay gives; a message id of SQS has only hexadecimal digits.
REPLAYED = re.compile(r"-r[0-9a-f]{9}$")


class FaultyStack:
    """`target` is a stack without a launcher; the one of ours can be killed."""

    def __init__(self, target: Target, schedule: Schedule, logs: Path) -> None:
        self.target, self.schedule, self.logs = target, schedule, logs
        self.machine = target.outputs["StateMachineArn"]
        self.sfn = target.client("stepfunctions")
        port = int((target.endpoint_url or "").rpartition(":")[2])
        self.proxy = FaultProxy(port, schedule, self.kill_renderer)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "FaultyStack":
        self.proxy.__enter__()
        self._let_the_starter_call_through_the_proxy()
        self.launcher = self._start_launcher()
        self._watcher.start()
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
            return subprocess.Popen([*command, "--logs", str(self.logs)], cwd=root(), stdout=log, stderr=log)

    def kill_launcher(self) -> None:
        """SIGKILL, and a new one that finds what the old one left."""
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
        """Until no message waits or is in flight and no execution runs, twice in a row."""
        deadline, quiet = time.monotonic() + seconds, 0
        while quiet < 2:
            assert time.monotonic() < deadline, "the stack does not come to rest"
            quiet = quiet + 1 if not self._messages() and not self.running() else 0
            time.sleep(0.5)

    def _messages(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        queue = self.target.outputs["RequestQueueUrl"]
        found = self.target.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(value) for value in found.values())

    def replay(self) -> None:
        """The operator's own command."""
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

    def kill_renderer(self, key: str) -> None:
        """SIGKILL to the renderer that writes to this key, and to its browser."""
        for file in self.logs.glob("*.pid"):
            if key in job_of(file):
                kill_group(file)

    def _watch(self) -> None:
        """What strikes a renderer before it has called anybody."""
        seen: set[Path] = set()
        while not self._stop.wait(0.05):
            for file in set(self.logs.glob("*.pid")) - seen:
                seen.add(file)
                if not self.proxy.calm and (shot := SHOT.search(job_of(file))) and shot[3] == "0":
                    self._strike(file, *shot.group(1, 2))

    def _strike(self, file: Path, id_: str, execution: str) -> None:
        fate = self.schedule.fates.get(id_)
        if fate == "renderer_killed_before_upload" and self.proxy.struck_once(id_, fate):
            kill_group(file)
        if fate == "execution_stopped" and self.proxy.struck_once(id_, fate):
            arn = self.machine.replace(":stateMachine:", ":execution:")
            self.sfn.stop_execution(executionArn=f"{arn}:{execution}", cause="stopped by the schedule")


def body_of(message: Message, urls: dict[str, str]) -> str:
    """The text that is sent."""
    return message.body or json.dumps({"id": message.id, "url": urls[message.page]})


def job_of(file: Path) -> str:
    """The output key in the environment of a renderer; empty when it is gone."""
    try:
        environment = Path(f"/proc/{int(file.read_text())}/environ").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return ""
    job = next((entry for entry in environment if entry.startswith(b"JOB=")), b"JOB={}")
    return json.loads(job[4:]).get("output", {}).get("key", "")


def kill_group(file: Path) -> None:
    """A renderer leads a group of its own."""
    try:
        os.killpg(int(file.read_text()), signal.SIGKILL)
    except (OSError, ValueError):
        return
