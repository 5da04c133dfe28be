"""The agent of the embedded cluster: runs each ECS task's renderer as a process, and reports how it ended.

`python -m scripts.local.launcher --endpoint URL --cluster NAME --rule NAME --logs FOLDER [--max-tasks N]`

The embedded cluster emits no events and takes none in its name. So a stopped task's event, the same document as on
AWS, is held against the deployed rule here, and what matches is given to the rule's target.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.local.stack import client, session

POLL_SECONDS = 0.15
KILL_AFTER_SECONDS = 5
# A task sees its own environment and what a process on this machine cannot do without; nothing of the operator's.
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SHUTTERSTEP_CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH")


@dataclass
class Launcher:
    """Keeps the processes equal to the cluster's tasks; at most `max_tasks` at once, the others wait."""

    endpoint: str
    cluster: str
    rule: str
    logs: Path
    max_tasks: int
    stopping: threading.Event = field(default_factory=threading.Event)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ecs = client("ecs", self.endpoint)
        self.sts = client("sts", self.endpoint)
        self.events = client("events", self.endpoint)
        self.sfn = client("stepfunctions", self.endpoint)

    def run(self) -> None:
        """Poll until told to stop, then end the processes that are left."""
        self.give_up_lost_tasks()
        while not self.stopping.wait(POLL_SECONDS):
            try:
                self.step()
            except (BotoCoreError, ClientError) as error:
                print(f"the cluster does not answer, trying again: {error}", flush=True)
        _end(list(self.processes.values()))

    def give_up_lost_tasks(self) -> None:
        """A launcher that was killed left its renderers behind: end them, and report what nobody can wait for."""
        for file in self.logs.glob("*.pid"):
            _kill_orphan(int(file.read_text("utf-8")))
            file.unlink()
            for task in self.running_tasks():
                if task["taskArn"].endswith(f"/{file.stem}"):
                    self.known.add(task["taskArn"])
                    self.report(task["taskArn"], -signal.SIGKILL)

    def step(self) -> None:
        """Report the processes that ended, end those whose task was stopped, start those that wait."""
        for arn, process in list(self.processes.items()):
            if process.poll() is not None:
                _kill_group(process)
                self.report(arn, process.returncode)
                self.forget(arn)
        tasks = {task["taskArn"]: task for task in self.running_tasks()}
        _end([self.forget(arn) for arn in set(self.processes) - set(tasks)])
        self.emit(sorted(self.known - set(tasks)))
        self.known = set(tasks)
        for arn in [arn for arn in tasks if arn not in self.processes]:
            if len(self.processes) < self.max_tasks:
                self.processes[arn] = self.start(tasks[arn])

    def running_tasks(self) -> list[dict[str, Any]]:
        """The tasks that should run, oldest first."""
        arns = self.ecs.list_tasks(cluster=self.cluster, desiredStatus="RUNNING")["taskArns"]
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return sorted(tasks, key=lambda task: task["createdAt"])

    def start(self, task: dict[str, Any]) -> "subprocess.Popen[bytes]":
        """The renderer of a task, in a process group of its own, so that its browser ends with it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        name = task["taskArn"].rpartition("/")[2]
        with (self.logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "renderer"],
                env=self.environment(task),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        (self.logs / f"{name}.pid").write_text(str(process.pid), "utf-8")
        return process

    def forget(self, arn: str) -> "subprocess.Popen[bytes]":
        """The process of a task that is over."""
        (self.logs / f"{arn.rpartition('/')[2]}.pid").unlink(missing_ok=True)
        return self.processes.pop(arn)

    def environment(self, task: dict[str, Any]) -> dict[str, str]:
        """What ECS would set: the container's variables, the overrides, the region and the task role's credentials."""
        definition = self.ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
        container = definition["containerDefinitions"][0]
        override = task["overrides"]["containerOverrides"][0]
        variables = container.get("environment", []) + override.get("environment", [])
        role = {"RoleArn": definition["taskRoleArn"], "RoleSessionName": "task"}
        credentials = self.sts.assume_role(**role)["Credentials"]
        return {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **{variable["name"]: variable["value"] for variable in variables},
            "AWS_REGION": session().region_name,
            "AWS_DEFAULT_REGION": session().region_name,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }

    def report(self, arn: str, code: int) -> None:
        """Tell the cluster that a task's process ended; a signal counts as 128 and its number, as in a container."""
        self.ecs.submit_task_state_change(
            cluster=self.cluster,
            task=arn,
            status="STOPPED",
            reason="Essential container in task exited",
            containers=[{"containerName": "renderer", "exitCode": code if code >= 0 else 128 - code}],
        )

    def emit(self, arns: list[str]) -> None:
        """The event of each stopped task, to the target of the rule, if the rule's pattern wants it."""
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        pattern = self.events.describe_rule(Name=self.rule)["EventPattern"] if tasks else ""
        for task in tasks:
            event = json.dumps(stopped_event(task))
            if self.events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
                for target in self.events.list_targets_by_rule(Rule=self.rule)["Targets"]:
                    self.sfn.start_execution(stateMachineArn=target["Arn"], input=event)


def stopped_event(task: dict[str, Any]) -> dict[str, Any]:
    """What EventBridge delivers when a task stops; the detail is the task as DescribeTasks shows it."""
    arn = task["taskArn"]
    detail = json.loads(json.dumps(task, default=lambda moment: moment.isoformat()))
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": arn.split(":")[4],
        "time": detail.get("stoppedAt", ""),
        "region": arn.split(":")[3],
        "resources": [arn],
        "detail": detail,
    }


def _end(processes: list["subprocess.Popen[bytes]"]) -> None:
    """SIGTERM to the renderers, which let go cleanly and at once together; SIGKILL to what is left of their groups."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + KILL_AFTER_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        _kill_group(process)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Also a browser that outlived its renderer."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _kill_orphan(pid: int) -> None:
    """Ids are used again: only what still is a renderer."""
    with suppress(FileNotFoundError, ProcessLookupError):
        if b"\0renderer\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--rule", required=True)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--max-tasks", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    launcher = Launcher(options.endpoint, options.cluster, options.rule, options.logs, options.max_tasks)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: launcher.stopping.set())
    launcher.run()


if __name__ == "__main__":
    main()
