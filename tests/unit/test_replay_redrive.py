"""Redrive against the service's own answers: the emulator has no RedriveExecution."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from shutterstep_cli.stack.failed_executions import redrive, say_why_not_redrivable
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target

NAME = "home--1"
ARN = f"arn:aws:states:eu-central-1:123456789012:execution:shutterstep-screenshot:{NAME}"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:shutterstep-screenshot"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Stubs:
    """A target whose clients answer what they are told, in order."""

    clients: dict[str, Any]
    stubbers: dict[str, Stubber]

    def client(self, service: str, **_: Any) -> Any:
        return self.clients[service]

    def answer(self, service: str, operation: str, answer: dict[str, Any], expected: Any = None) -> None:
        self.stubbers[service].add_response(operation, answer, expected)

    def refuse(self, service: str, operation: str, code: str, message: str) -> None:
        self.stubbers[service].add_client_error(operation, code, message, http_status_code=400)

    @property
    def target(self) -> Target:
        return Target(self, "shutterstep")


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    keys = {"region_name": "eu-central-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    clients = {name: boto3.client(name, **keys) for name in ("stepfunctions", "dynamodb", "cloudformation")}
    stubbers = {name: Stubber(client) for name, client in clients.items()}
    for stubber in stubbers.values():
        stubber.activate()
    yield Stubs(clients, stubbers)
    for stubber in stubbers.values():
        stubber.assert_no_pending_responses()


@pytest.fixture
def line() -> ReplayItem:
    return ReplayItem("home", "ABORTED", "", "", "2026-01-01T00:00:00.000+00:00", old_execution=ARN, input="{}")


def describe(stubs: Stubs, status: str, reason: str = "") -> None:
    execution = {"executionArn": ARN, "stateMachineArn": MACHINE, "status": "ABORTED", "startDate": NOW}
    redrive = {"redriveStatus": status, "redriveStatusReason": reason}
    stubs.answer("stepfunctions", "describe_execution", execution | redrive, {"executionArn": ARN})


def history(stubs: Stubs, *states: str) -> None:
    """The newest event first."""
    events = [
        {"timestamp": NOW, "type": "TaskStateEntered", "id": 9 - n, "stateEnteredEventDetails": {"name": name}}
        for n, name in enumerate(states)
    ]
    aborted = {"timestamp": NOW, "type": "ExecutionAborted", "id": 10}
    stubs.answer("stepfunctions", "get_execution_history", {"events": [aborted, *events]})


def item(stubs: Stubs, status: str, claim: str) -> None:
    outputs = [{"OutputKey": "TableName", "OutputValue": "table"}]
    stack = {"StackName": "shutterstep", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    stubs.answer("cloudformation", "describe_stacks", {"Stacks": [stack]})
    stubs.answer("dynamodb", "get_item", {"Item": {"status": {"S": status}, "claim": {"S": claim}}})


@pytest.mark.parametrize("status", ["failed", "processing"])
def test_an_execution_cut_off_at_its_render_is_redrivable_while_nobody_claimed_since(
    stubs: Stubs, line: ReplayItem, status: str
) -> None:
    describe(stubs, "REDRIVABLE")
    history(stubs, "RenderOnTask", "Claim")
    item(stubs, status, NAME)
    say_why_not_redrivable(stubs.target, line)
    assert line.outcome == "planned"


def test_an_execution_cut_off_before_its_claim_is_redrivable(stubs: Stubs, line: ReplayItem) -> None:
    describe(stubs, "REDRIVABLE")
    history(stubs, "Claim")
    say_why_not_redrivable(stubs.target, line)
    assert line.outcome == "planned"


@pytest.mark.parametrize("state", ["Failed", "ClaimLost"])
def test_an_execution_that_came_to_a_fail_state_would_only_fail_again(
    stubs: Stubs, line: ReplayItem, state: str
) -> None:
    describe(stubs, "REDRIVABLE")
    history(stubs, state, "MarkFailed", "RenderOnTask", "Claim")
    say_why_not_redrivable(stubs.target, line)
    assert line.outcome == "not_redrivable"
    assert state in line.note
    assert "--mode restart" in line.note


@pytest.mark.parametrize(("status", "claim"), [("success", NAME), ("processing", "home--2"), ("failed", "home--2")])
def test_an_id_that_was_claimed_since_is_not_rendered_beside_its_owner(
    stubs: Stubs, line: ReplayItem, status: str, claim: str
) -> None:
    describe(stubs, "REDRIVABLE")
    history(stubs, "RenderOnTask", "Claim")
    item(stubs, status, claim)
    say_why_not_redrivable(stubs.target, line)
    assert line.outcome == "not_redrivable"


def test_what_the_service_calls_not_redrivable_is_told_with_its_reason(stubs: Stubs, line: ReplayItem) -> None:
    describe(stubs, "NOT_REDRIVABLE", "Execution redrivable period exceeded")
    say_why_not_redrivable(stubs.target, line)
    assert (line.outcome, line.note) == ("not_redrivable", "Execution redrivable period exceeded")


def test_a_redrive_goes_on_under_its_own_name(stubs: Stubs, line: ReplayItem) -> None:
    expected = {"executionArn": ARN, "clientToken": ANY}
    stubs.answer("stepfunctions", "redrive_execution", {"redriveDate": NOW}, expected)
    redrive(stubs.target, line)
    assert (line.outcome, line.new_execution) == ("redriven", ARN)


def test_a_second_run_sends_the_same_client_token(stubs: Stubs, line: ReplayItem) -> None:
    tokens = []
    stubs.clients["stepfunctions"].meta.events.register(
        "before-parameter-build.stepfunctions.RedriveExecution", lambda params, **_: tokens.append(params)
    )
    for _ in range(2):
        stubs.answer("stepfunctions", "redrive_execution", {"redriveDate": NOW})
        redrive(stubs.target, line)
    assert tokens[0] == tokens[1]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven"),
        ("ExecutionDoesNotExist", "Execution Does Not Exist"),
    ],
)
def test_what_the_service_refuses_is_a_line_of_the_report(
    stubs: Stubs, line: ReplayItem, code: str, message: str
) -> None:
    stubs.refuse("stepfunctions", "redrive_execution", code, message)
    redrive(stubs.target, line)
    assert (line.outcome, line.note) == ("not_redrivable", message)


def test_a_full_account_is_an_error_that_stops_the_replay(stubs: Stubs, line: ReplayItem) -> None:
    stubs.refuse("stepfunctions", "redrive_execution", "ExecutionLimitExceeded", "too many open executions")
    with pytest.raises(stubs.clients["stepfunctions"].exceptions.ExecutionLimitExceeded):
        redrive(stubs.target, line)
