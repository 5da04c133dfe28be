"""Finds executions by id, name or ARN, and reads them with the definition that they ran."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.graph import Graph, graph_of
from shutterstep_cli.workflow.history import History, history_of, message_of

FAILURES = ("failed", "timed_out", "aborted")


# The error that the release workflow writes into the item of an execution that ended outside the workflow.
CODES_OF_STATUS = {"ABORTED": "Shutterstep.ExecutionAborted", "TIMED_OUT": "Shutterstep.ExecutionTimedOut"}


def error_code_of(status: str, error: str | None) -> str:
    """Returns the one code for how an execution ended, the same in the item, `query`, `replay` and the console."""
    return CODES_OF_STATUS.get(status) or error or ""


class ExecutionNotFoundError(Exception):
    """No execution was found: the text is neither the id of an item, nor the name or ARN of an execution."""


@dataclass(frozen=True)
class Execution:
    """`outcome` is running, success, skipped, failed, timed_out or aborted.

    `reason` is the reason of a skip or the code of an error.
    """

    arn: str
    status: str
    started_at: datetime
    stopped_at: datetime | None = None
    input: dict[str, Any] = field(default_factory=dict)
    output: dict[str, Any] = field(default_factory=dict)
    error_code: str = ""
    cause: str = ""

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]

    @property
    def id(self) -> str:
        return str(self.input.get("id", ""))

    @property
    def url(self) -> str:
        return str(self.input.get("url", ""))

    @property
    def outcome(self) -> str:
        return str(self.output.get("status") or "success") if self.status == "SUCCEEDED" else self.status.lower()

    @property
    def reason(self) -> str:
        return str(self.output.get("reason", "")) or self.error_code

    @cached_property
    def message(self) -> str:
        return message_of(self.cause)

    @property
    def seconds(self) -> float | None:
        return (self.stopped_at - self.started_at).total_seconds() if self.stopped_at else None

    @property
    def has_picture(self) -> bool:
        return self.outcome == "success" and bool(self.output.get("s3_key"))


def read_execution(target: Target, arn: str) -> Execution:
    """Returns the execution. Raises ExecutionNotFoundError."""
    sfn = target.client("stepfunctions")
    try:
        found = sfn.describe_execution(executionArn=arn)
    except (sfn.exceptions.ExecutionDoesNotExist, sfn.exceptions.InvalidArn) as error:
        raise ExecutionNotFoundError(arn.rpartition(":")[2]) from error
    return Execution(
        arn,
        found["status"],
        found["startDate"],
        found.get("stopDate"),
        object_in(found.get("input", "")),
        object_in(found.get("output", "")),
        error_code_of(found["status"], found.get("error")),
        found.get("cause") or "",
    )


def object_in(text: str) -> dict[str, Any]:
    """Returns the JSON object in a text; empty if the text is not a JSON object."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def arn_of(target: Target, name: str) -> str:
    """Returns the ARN of the screenshot workflow's execution of that name."""
    return f"{target.outputs['StateMachineArn'].replace(':stateMachine:', ':execution:')}:{name}"


def find_execution(target: Target, wanted: str) -> Execution:
    """Finds an execution by ARN, by name, or by id (the execution that claimed the id last).

    Raises ExecutionNotFoundError.
    """
    if wanted.startswith("arn:"):
        return read_execution(target, wanted)
    owner = item_of(target, wanted).get("execution_arn", "")
    return read_execution(target, owner or arn_of(target, wanted))


@dataclass(frozen=True)
class Story:
    """An execution, the workflow that it ran, and what happened in it."""

    execution: Execution
    graph: Graph
    history: History


def read_story(target: Target, execution: Execution) -> Story:
    """Reads the story in two calls, and one more for each 1,000 events."""
    graph = read_graph(target, execution.arn)
    return Story(execution, graph, read_history(target, execution.arn, graph))


def read_graph(target: Target, arn: str) -> Graph:
    """Returns the graph of the definition that the execution runs, which may be older than the deployed one."""
    found = target.client("stepfunctions").describe_state_machine_for_execution(executionArn=arn)
    return graph_of(json.loads(found["definition"]))


def read_history(target: Target, arn: str, graph: Graph) -> History:
    """Returns every event of the execution, in one call for each 1,000."""
    pages = target.client("stepfunctions").get_paginator("get_execution_history")
    events = pages.paginate(executionArn=arn, PaginationConfig={"PageSize": 1000}).search("events[]")
    return history_of(events, graph)
