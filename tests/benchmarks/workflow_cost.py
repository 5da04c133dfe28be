"""`python -m tests.benchmarks.workflow_cost [ID]`: what one execution around a picture costs, by its history.

Counts the states and calls of a finished execution on the running local stack (the newest that rendered, or the owner
of the id), and the write units its item takes; prices come from scripts/shutterstep_cli/capacity/aws_quotas.json.
"""

import json
import sys
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table

from shutterstep_cli.capacity.facts import facts
from shutterstep_cli.capacity.prices import RENDERED, Mode, Work, workflow_dollars
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.target import Target

KILOBYTE = 1024


@dataclass(frozen=True)
class Bill:
    """States entered in order, calls of the workflow by action, bytes of the finished item, the billed work."""

    mode: Mode
    states: list[str]
    calls: dict[str, int]
    item_bytes: int
    work: Work


def bill_of(target: Target, execution_arn: str) -> Bill:
    """What the execution made."""
    pages = target.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    events = list(pages.search("events[]"))
    states = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
    started = [event["taskScheduledEventDetails"] for event in events if "taskScheduledEventDetails" in event]
    actions = [call["resource"].rpartition(":::")[2].partition(".")[0] for call in started]
    mode: Mode = "pool" if "RenderInPool" in states else "task"
    retries = len(actions) - sum(name in CALLING for name in states)
    item = raw_item(target, execution_arn)
    claimed = {name: value for name, value in item.items() if name in CLAIMED}
    writes = 2 * units(claimed) + units(item) + 1  # Claim: table and index; MarkSuccess: table, and off the index
    work = replace(RENDERED[mode], transitions=len(states) + retries, table_writes=writes)
    return Bill(mode, states, {name: actions.count(name) for name in sorted(set(actions))}, size(item), work)


CALLING = ("Claim", "LookUpOwner", "RenderOnTask", "RenderInPool", "MarkSuccess", "MarkFailed")
CLAIMED = (
    "id", "status", "claim", "execution_arn", "claimed_at", "lease_expires_at", "attempts", "request_hash", "url",
    "expires_at", "unfinished_shard",
)  # fmt: skip


def raw_item(target: Target, execution_arn: str) -> dict[str, Any]:
    """The item that the execution finished, in DynamoDB's own notation."""
    described = target.client("stepfunctions").describe_execution(executionArn=execution_arn)
    key = {"id": {"S": json.loads(described["output"])["id"]}}
    return target.client("dynamodb").get_item(TableName=target.outputs["TableName"], Key=key)["Item"]


def size(item: dict[str, Any]) -> int:
    """Bytes as DynamoDB counts them: names and values; a number takes about one byte for two digits, and one."""
    return sum(len(name) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    return len(value["S"].encode()) if "S" in value else ceil(len(value["N"]) / 2) + 1


def units(item: dict[str, Any]) -> int:
    """Write request units of one write: one a started kilobyte."""
    return ceil(size(item) / KILOBYTE)


def newest_rendered(target: Target) -> str:
    """The newest execution that made a picture."""
    sfn = target.client("stepfunctions")
    pages = sfn.get_paginator("list_executions").paginate(
        stateMachineArn=target.outputs["StateMachineArn"], statusFilter="SUCCEEDED"
    )
    for execution in pages.search("executions[]"):
        output = json.loads(sfn.describe_execution(executionArn=execution["executionArn"])["output"])
        if output["status"] == "success":
            return execution["executionArn"]
    raise SystemExit("no execution has rendered yet; try: shutterstep demo --keep")


def main() -> None:
    """Print the bill of one execution."""
    target = local_target()
    arn = newest_rendered(target)
    if len(sys.argv) > 1:
        item = target.client("dynamodb").get_item(
            TableName=target.outputs["TableName"], Key={"id": {"S": sys.argv[1]}}
        )["Item"]
        arn = item["execution_arn"]["S"]
    bill = bill_of(target, arn)
    console = Console(highlight=False)
    console.print(f"{bill.mode} mode: {' -> '.join(bill.states)}; calls of the workflow: {bill.calls}")
    console.print(f"item {bill.item_bytes} bytes, {bill.work}")
    table = Table("service", "dollars per 1,000 pictures")
    parts = workflow_dollars(bill.work)
    for service, dollars in parts.items():
        table.add_row(service, f"{1000 * dollars:.4f}")
    table.add_row("together", f"{1000 * sum(parts.values()):.4f}", style="bold")
    console.print(table)
    console.print(f"list prices of {facts()['as_of']}")


if __name__ == "__main__":
    main()
