"""Delivers the event of a stopped task, which the embedded cluster does not emit, if the deployed rule matches it."""

import json
import uuid
from typing import Any

from shutterstep_cli.local.local_stack import client


class TaskEvents:
    """Delivers matching events to the targets of the rule of that name, as EventBridge would."""

    def __init__(self, endpoint: str, rule: str) -> None:
        self.rule = rule
        self.events = client("events", endpoint)
        self.sfn = client("stepfunctions", endpoint)

    def emit(self, tasks: list[dict[str, Any]]) -> None:
        """Emits the event of each of these stopped tasks."""
        pattern = self.events.describe_rule(Name=self.rule)["EventPattern"] if tasks else ""
        for task in tasks:
            event = json.dumps(stopped_event(task))
            if self.events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
                for target in self.events.list_targets_by_rule(Rule=self.rule)["Targets"]:
                    self.sfn.start_execution(stateMachineArn=target["Arn"], input=event)


def stopped_event(task: dict[str, Any]) -> dict[str, Any]:
    """Returns the event that EventBridge delivers when a task stops; its detail is the task as in DescribeTasks."""
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
