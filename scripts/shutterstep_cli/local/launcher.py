"""The agent of the embedded cluster: runs each ECS task's renderer as a process, and reports how it ended.

`python -m shutterstep_cli.local.launcher --endpoint URL --cluster NAME --rule NAME --logs FOLDER
--closed-ports FOLDER [--max-tasks N] [--autoscale N]`

It is the services' scheduler too, because the embedded cluster does not replace dead tasks.
"""

import argparse
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.local.agent_health import LauncherHealth, worked_file
from shutterstep_cli.local.container_watch import ContainerWatch
from shutterstep_cli.local.local_stack import REGION, client
from shutterstep_cli.local.own_processes import pid_in
from shutterstep_cli.local.pool_scheduler import PoolScheduler
from shutterstep_cli.local.task_events import TaskEvents
from shutterstep_cli.local.task_process import TaskProcess, end_all, kill_orphan

POLL_SECONDS = 0.15
# A task gets its own environment and only these variables of the operator, which a process here needs.
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SHUTTERSTEP_CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH")

Task = dict[str, Any]


@dataclass
class Launcher:
    """Keeps the processes equal to the cluster's tasks, at most `max_tasks` pictures at once; others wait."""

    endpoint: str
    cluster: str
    logs: Path
    closed_ports: Path
    max_tasks: int
    events: TaskEvents
    scheduler: PoolScheduler
    stopping: threading.Event = field(default_factory=threading.Event)
    processes: dict[str, TaskProcess] = field(default_factory=dict)
    ending: dict[str, TaskProcess] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    # Exit codes of the tasks whose event is still due; None for a task that never had a process.
    ended: dict[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ecs = client("ecs", self.endpoint)
        self.sts = client("sts", self.endpoint)

    def run(self) -> None:
        """Polls until it is told to stop, then ends the remaining processes."""
        health = LauncherHealth(self.logs.parent)
        health.forget()
        self.give_up_lost_tasks()
        while not self.stopping.wait(POLL_SECONDS):
            try:
                self.step()
                health.worked()
            except (BotoCoreError, ClientError) as error:
                health.failed(f"the cluster refuses, trying again: {error}")
            except OSError as error:  # a full disk, or no free process: this may pass soon
                health.failed(f"this machine refuses, trying again: {error}")
        end_all([*self.processes.values(), *self.ending.values()])

    def give_up_lost_tasks(self) -> None:
        """Ends the renderers that a killed launcher left behind, and reports their tasks as stopped."""
        for file in self.logs.glob("*.pid"):
            pid = pid_in(file)
            if pid is not None:
                kill_orphan(pid)
            file.unlink()
            for task in self.running_tasks():
                if task["taskArn"].endswith(f"/{file.stem}"):
                    self.known.add(task["taskArn"])
                    self.report(task["taskArn"], 128 + signal.SIGKILL)

    def step(self) -> None:
        """Reports processes that ended, ends those whose task was stopped, starts waiting ones."""
        for arn, process in list(self.processes.items()):
            if process.is_stuck():
                process.kill()  # as ECS does after a failed health check; the scheduler replaces it
            code = process.exit_code()
            if code is not None:
                process.clear()
                self.report(arn, code)
                del self.processes[arn]
        self.scheduler.step()
        tasks = {task["taskArn"]: task for task in self.running_tasks()}
        self.end(set(self.processes) - set(tasks))
        for arn in self.known - set(tasks) - set(self.ending):
            self.ended.setdefault(arn, None)
        self.known = set(tasks)
        self.reap()
        self.emit()
        for arn in [arn for arn in tasks if arn not in self.processes]:
            if is_of_a_service(tasks[arn]) or self.has_room(tasks):
                self.processes[arn] = self.start(tasks[arn])

    def running_tasks(self) -> list[Task]:
        """Returns the tasks that should run, the oldest first."""
        arns = self.ecs.list_tasks(cluster=self.cluster, desiredStatus="RUNNING")["taskArns"]
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return sorted(tasks, key=lambda task: task["createdAt"])

    def has_room(self, tasks: dict[str, Task]) -> bool:
        """Whether a task may start. Workers of a service start at once, however many others run."""
        return sum(1 for arn in self.processes if not is_of_a_service(tasks[arn])) < self.max_tasks

    def end(self, stopped: set[str]) -> None:
        """Sends SIGTERM to the renderers of stopped tasks; each has its container's stopTimeout and delays no other."""
        for arn in stopped:
            process = self.processes.pop(arn)
            process.terminate()
            self.ending[arn] = process

    def reap(self) -> None:
        """Notes the exit codes of stopped tasks whose process has ended; their event follows only then, as on AWS."""
        for arn in [arn for arn, process in self.ending.items() if process.reap()]:
            self.ended[arn] = self.ending.pop(arn).exit_code()

    def start(self, task: Task) -> TaskProcess:
        """Starts the renderer of a task."""
        arn = task["taskDefinitionArn"]
        definition = self.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        stop_timeout = definition["containerDefinitions"][0].get("stopTimeout")
        name = task["taskArn"].rpartition("/")[2]
        return TaskProcess.start(name, self.logs, self.environment(task, definition), stop_timeout)

    def environment(self, task: Task, definition: dict[str, Any]) -> dict[str, str]:
        """Returns what ECS would set: the container's variables, overrides, region and the task role's credentials.

        Here pages of this machine may be rendered, whatever else the stack allows; only the stack's own ports stay
        closed.
        """
        overrides = task["overrides"].get("containerOverrides", [])
        variables = definition["containerDefinitions"][0].get("environment", [])
        variables = variables + [pair for override in overrides for pair in override.get("environment", [])]
        given = {variable["name"]: variable["value"] for variable in variables}
        if is_of_a_service(task):
            # In a container this path is its own; here all workers of the machine would share it.
            given["POOL_WORKED_FILE"] = str(worked_file(self.logs, task["taskArn"].rpartition("/")[2]))
        role = {"RoleArn": definition["taskRoleArn"], "RoleSessionName": "task"}
        credentials = self.sts.assume_role(**role)["Credentials"]
        return {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **given,
            "TASK_ARN": task["taskArn"],
            "EGRESS_LOCAL_PAGES": "true",
            "EGRESS_CLOSED_PORTS": str(self.closed_ports),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }

    def report(self, arn: str, code: int) -> None:
        """Tells the cluster that a task's process ended."""
        self.ended[arn] = code
        self.ecs.submit_task_state_change(
            cluster=self.cluster,
            task=arn,
            status="STOPPED",
            reason="Essential container in task exited",
            containers=[{"containerName": "renderer", "exitCode": code}],
        )

    def emit(self) -> None:
        """Emits the event of each ended task, with its own exit code; the cluster reports 0 for every stopped task."""
        if not self.ended:
            return
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=list(self.ended))["tasks"]
        self.events.emit([with_exit_code(task, self.ended[task["taskArn"]]) for task in tasks])
        self.ended.clear()


def with_exit_code(task: Task, code: int | None) -> Task:
    """Returns the task as AWS shows it: a container that never started has no exit code."""
    containers = [{name: value for name, value in one.items() if name != "exitCode"} for one in task["containers"]]
    own = {} if code is None else {"exitCode": code}
    return {**task, "containers": [one | own for one in containers]}


def is_of_a_service(task: Task) -> bool:
    """Whether the task is a pool worker, which takes jobs from its queue."""
    return task.get("group", "").startswith("service:")


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--rule", required=True)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--closed-ports", type=Path, required=True, help="the folder of ports that no page may reach")
    parser.add_argument("--max-tasks", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--autoscale", type=int, default=None, help="let the pool follow its backlog up to this size")
    parser.add_argument(
        "--containers", action="store_true", help="the emulator runs the tasks; only report when they end"
    )
    options = parser.parse_args()
    events = TaskEvents(options.endpoint, options.rule)
    if options.containers:
        launcher = ContainerWatch(options.endpoint, options.cluster, events, options.logs.parent)
    else:
        scheduler = PoolScheduler(options.endpoint, options.cluster, options.autoscale)
        folders = (options.logs, options.closed_ports)
        launcher = Launcher(options.endpoint, options.cluster, *folders, options.max_tasks, events, scheduler)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: launcher.stopping.set())
    launcher.run()


if __name__ == "__main__":
    main()
