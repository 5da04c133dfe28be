"""The agent of the embedded cluster: runs each ECS task's renderer as a process, and reports how it ended.

`python -m scripts.local.launcher --endpoint URL --cluster NAME --logs FOLDER [--max-tasks N]`
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
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
    logs: Path
    max_tasks: int
    stopping: threading.Event = field(default_factory=threading.Event)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ecs = client("ecs", self.endpoint)
        self.sts = client("sts", self.endpoint)

    def run(self) -> None:
        """Poll until told to stop, then end the processes that are left."""
        while not self.stopping.wait(POLL_SECONDS):
            try:
                self.step()
            except (BotoCoreError, ClientError) as error:
                print(f"the cluster does not answer, trying again: {error}", flush=True)
        _end(list(self.processes.values()))

    def step(self) -> None:
        """Report the processes that ended, end those whose task was stopped, start those that wait."""
        for arn, process in list(self.processes.items()):
            if process.poll() is not None:
                _kill_group(process)
                self.report(arn, process.returncode)
        tasks = {task["taskArn"]: task for task in self.running_tasks()}
        _end([self.processes.pop(arn) for arn in set(self.processes) - set(tasks)])
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
            return subprocess.Popen(
                [sys.executable, "-m", "renderer"],
                env=self.environment(task),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

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
        del self.processes[arn]


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


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--max-tasks", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    launcher = Launcher(options.endpoint, options.cluster, options.logs, options.max_tasks)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: launcher.stopping.set())
    launcher.run()


if __name__ == "__main__":
    main()
