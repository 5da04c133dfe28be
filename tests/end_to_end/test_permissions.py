"""In a run of everything, the roles' calls are exactly what the roles allow."""

import fnmatch
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from shutterstep_cli.local.local_stack import calls_file
from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target

# Calls that AWS itself makes with a function's role, but the emulator with its own: polling the queue, logs, traces.
BY_THE_SERVICE = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
ROLES = ("StarterRole", "RenderTaskRole")


@pytest.fixture(scope="module")
def calls(running_stack: Target) -> dict[str, set[tuple[str, str, bool]]]:
    """By role: action, resource and answer of every call in a run that comes to every state."""
    with a_page() as url:
        shots = [
            submit(running_stack, {"id": uuid.uuid4().hex, "url": url}),
            submit(running_stack, {"id": uuid.uuid4().hex, "url": url, "headers": {"X-Secret": "by reference"}}),
            submit(running_stack, {"id": uuid.uuid4().hex, "url": "http://nowhere.invalid/"}),
        ]
        follow(running_stack, shots, lambda: None, 120)
    assert [shot.status for shot in shots] == ["success", "success", "failed"]
    refuse_a_message(running_stack)
    found: dict[str, set[tuple[str, str, bool]]] = {}
    for line in map(json.loads, calls_file().read_text("utf-8").splitlines()):
        found.setdefault(line["role"], set()).add((line["action"], line["resource"], line["allowed"]))
    return found


@contextmanager
def a_page() -> Iterator[str]:
    """The address of a page on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>here</title><body>here")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def refuse_a_message(target: Target) -> None:
    """An invalid message is put aside by the starter."""
    sqs, queue = target.client("sqs"), target.outputs["DeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=target.outputs["RequestQueueUrl"], MessageBody='{"url": 1}')
    deadline = monotonic() + 60
    count = "ApproximateNumberOfMessages"
    while sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[count])["Attributes"][count] == "0":
        assert monotonic() < deadline, "the message was not put aside"
        sleep(0.1)


@pytest.fixture(scope="module")
def statements(running_stack: Target) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """By logical name: the role's name, and its statements as they were deployed."""
    pages = running_stack.client("cloudformation").get_paginator("list_stack_resources")
    found = pages.paginate(StackName=running_stack.stack_name).search("StackResourceSummaries[]")
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
    return {role: (names[role], list(deployed(running_stack, names[role]))) for role in ROLES}


def deployed(target: Target, role: str) -> Iterator[dict[str, Any]]:
    iam = target.client("iam")
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield from iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]


def as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def allows(statement: dict[str, Any], action: str, resource: str) -> bool:
    patterns = as_list(statement["Resource"])
    return action in as_list(statement["Action"]) and any(fnmatch.fnmatchcase(resource, one) for one in patterns)


@pytest.mark.parametrize("role", ROLES)
def test_a_run_of_everything_calls_exactly_what_a_role_allows(calls: Any, statements: Any, role: str) -> None:
    name, allowed = statements[role]
    assert {action for action, _, _ in calls[name]} == {
        action for statement in allowed for action in as_list(statement["Action"])
    } - BY_THE_SERVICE
    assert [call for call in calls[name] if not call[2]] == []


@pytest.mark.parametrize("role", ROLES)
def test_without_any_one_statement_a_call_would_be_denied(calls: Any, statements: Any, role: str) -> None:
    name, allowed = statements[role]
    for one in allowed:
        if set(as_list(one["Action"])) <= BY_THE_SERVICE:
            continue
        rest = [statement for statement in allowed if statement is not one]
        assert any(not any(allows(other, action, resource) for other in rest) for action, resource, _ in calls[name]), (
            f"{role} does without {one['Sid']}"
        )
