"""Reports stopped tasks, as an ECS agent does, when the emulator runs tasks as containers."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.local.agent_health import LauncherHealth
from shutterstep_cli.local.local_stack import client
from shutterstep_cli.local.task_events import TaskEvents

POLL_SECONDS = 0.15


@dataclass
class ContainerWatch:
    """Finds the tasks that stopped since the watch began, including those whose container never started."""

    endpoint: str
    cluster: str
    events: TaskEvents
    folder: Path
    stopping: threading.Event = field(default_factory=threading.Event)
    stopped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ecs = client("ecs", self.endpoint)

    def run(self) -> None:
        """Polls until it is told to stop."""
        health = LauncherHealth(self.folder)
        health.forget()
        while not self.stopping.wait(POLL_SECONDS):
            try:
                self.step()
                health.worked()
            except (BotoCoreError, ClientError) as error:
                health.failed(f"the cluster refuses, trying again: {error}")

    def step(self) -> None:
        """Starts the release for each newly stopped task."""
        pages = self.ecs.get_paginator("list_tasks").paginate(cluster=self.cluster, desiredStatus="STOPPED")
        now = {arn for page in pages for arn in page["taskArns"]}
        new = sorted(now - self.stopped)
        for start in range(0, len(new), 100):  # the most that one DescribeTasks accepts
            self.events.emit(self.ecs.describe_tasks(cluster=self.cluster, tasks=new[start : start + 100])["tasks"])
        self.stopped = now
