"""Puts secrets into good, failing and invalid requests, and looks for them in all output of the stack and its tools."""

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from renderer.browser.chromium_flags import find_chromium
from shutterstep_cli.local import local_stack
from shutterstep_cli.main import app
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.end_to_end.slow_site import SlowSite, free_port
from tests.end_to_end.test_console import a_console
from tests.waiting import wait_for

SECRET = "hunter2q7sk4live"
# The form in which basicAuth is sent, which no tool may show either.
ENCODED = base64.b64encode(f"reader:{SECRET}".encode()).decode().rstrip("=")
HEADERS = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET}
COOKIES = [{"name": "session", "value": SECRET}]
LOGIN = {"username": "reader", "password": SECRET}
SIGNED = f"?X-Amz-Signature={SECRET}&access_token={SECRET}#id_token={SECRET}"


def valid(site: str, nobody: int) -> list[dict[str, Any]]:
    """Two that end with a picture, and four that fail in different places."""
    host = site.removeprefix("http://").rstrip("/")
    secrets: dict[str, Any] = {"headers": HEADERS, "cookies": COOKIES}
    return [
        {"url": f"http://reader:{SECRET}@{host}/{SIGNED}", **secrets},
        {"url": f"{site}{SIGNED}", "basicAuth": LOGIN, **secrets},
        {"url": f"http://reader:{SECRET}@127.0.0.1:{nobody}/{SIGNED}", **secrets},
        {"url": f"http://reader:{SECRET}@10.0.0.1/{SIGNED}", **secrets},
        {"url": f"http://reader:{SECRET}@nowhere.invalid/{SIGNED}", **secrets},
        {"url": f"{site}{SIGNED}", "basicAuth": LOGIN, **secrets, "waitForSelector": "#never", "timeoutMs": 2000},
    ]


INVALID = [
    json.dumps({"url": "http://a/", "headers": {"Authorization": f"Bearer {SECRET}\n"}}),
    json.dumps({"url": "http://a/", "headers": {f"Authorization: {SECRET}": ""}}),
    json.dumps({"url": "http://a/", "cookies": f"session={SECRET}"}),
    json.dumps({"url": "http://a/", "basicAuth": f"reader:{SECRET}"}),
    json.dumps({"url": f"http://reader:{SECRET}@a:99999/{SIGNED}"}),
    json.dumps({"url": f"ftp://reader:{SECRET}@a/"}),
    json.dumps({"url": "http://a/", "auth": SECRET, "device": SECRET}),
    json.dumps({"url": "http://a/", SECRET: 1}),
    f'{{"url": "http://reader:{SECRET}@a/',
]


@pytest.fixture(scope="module")
def ended(running_stack: Target) -> list[Shot]:
    """The requests of `valid` after they have ended; the messages of INVALID are in the dead-letter queue."""
    site = SlowSite()
    site.let.set()
    try:
        shots = [
            submit(running_stack, {"id": f"planted-{uuid.uuid4().hex[:12]}", **request})
            for request in valid(site.url, free_port())
        ]
        for body in INVALID:
            running_stack.client("sqs").send_message(
                QueueUrl=running_stack.outputs["RequestQueueUrl"], MessageBody=body
            )
        follow(running_stack, shots, lambda: None, 180)
    finally:
        site.close()
    wait_for(lambda: len(put_aside(running_stack)) >= len(INVALID), 60)
    return shots


def put_aside(target: Target) -> list[dict[str, Any]]:
    """The messages of the dead-letter queue that hold the secret."""
    asked = {"QueueUrl": target.outputs["DeadLetterQueueUrl"], "VisibilityTimeout": 0}
    found = {}
    for _ in range(5):
        answer = target.client("sqs").receive_message(
            **asked, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
        )
        found |= {one["MessageId"]: one for one in answer.get("Messages", []) if SECRET in one["Body"]}
    return list(found.values())


def said(*arguments: str) -> str:
    """Returns the output of a command, stdout and stderr."""
    result = CliRunner().invoke(app, arguments)
    return result.stdout + result.stderr


def in_aws(target: Target, shots: list[Shot]) -> Iterator[tuple[str, str]]:
    """Yields the contents of the stack: executions, items, logs, objects, attributes.

    Bodies of dead letters are not included.
    """
    sfn = target.client("stepfunctions")
    for shot in shots:
        described = sfn.describe_execution(executionArn=shot.execution_arn)
        yield "execution", json.dumps(described, default=str)
        for page in sfn.get_paginator("get_execution_history").paginate(executionArn=shot.execution_arn):
            yield "history", json.dumps(page["events"], default=str)
    for page in target.client("dynamodb").get_paginator("scan").paginate(TableName=target.outputs["TableName"]):
        yield "items", json.dumps(page["Items"], default=str)
    s3, bucket = target.client("s3"), target.outputs["BucketName"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for listed in page.get("Contents", []):
            yield "object", json.dumps(s3.head_object(Bucket=bucket, Key=listed["Key"]), default=str) + listed["Key"]
            if listed["Key"].startswith("shots/"):
                yield "picture", s3.get_object(Bucket=bucket, Key=listed["Key"])["Body"].read().decode("latin-1")
    logs = target.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield group["logGroupName"], json.dumps(page["events"], default=str)
    for message in put_aside(target):
        yield "attributes", json.dumps([message["MessageAttributes"], message["Attributes"]], default=str)


def on_the_machine() -> Iterator[tuple[str, str]]:
    """The logs of the local stack and of its tasks."""
    for file in (local_stack.home() / "logs").rglob("*"):
        if file.is_file():
            yield file.name, file.read_text("utf-8", "replace")


def by_commands(shots: list[Shot]) -> Iterator[tuple[str, str]]:
    """What the verbs print. `dlq list` shows the messages themselves, so it is not among them."""
    for shot in (shots[0], shots[2]):
        for words in (["query", shot.id], ["query", shot.id, "--json"], ["show", shot.id], ["show", shot.id, "--json"]):
            yield " ".join(words), said(*words)
        yield "logs", said("logs", shot.id)
    for words in (["query"], ["query", "--json"], ["replay", "--dry-run"], ["local", "logs"], ["doctor", "--json"]):
        yield " ".join(words), said(*words)
    urls = [f"http://reader:{SECRET}@{place}" for place in (f"10.0.0.1/{SIGNED}", "a:99999/")]
    for words in ([], ["--json"]):
        yield "capture", said("capture", *urls, *words, "--options", json.dumps({"headers": HEADERS}))


def by_console(shots: list[Shot]) -> Iterator[tuple[str, str]]:
    """The console's pages as a browser has them."""
    names = [shot.execution_arn.rpartition(":")[2] for shot in (shots[0], shots[2])]
    with a_console("--allow-replay", "--allow-send") as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()))
        page = browser.new_page()
        for path in ("", "failed", "gallery", *(f"executions/{name}" for name in names)):
            page.goto(f"{origin}/{path}")
            page.get_by_text(shots[2].id if path == "failed" else "planted-").first.wait_for()
            yield f"console /{path}", page.content()
        browser.close()


def test_no_secret_of_a_request_is_shown_anywhere(running_stack: Target, ended: list[Shot]) -> None:
    assert [shot.status for shot in ended] == ["success"] * 2 + ["failed"] * 4
    looked_at, telling = 0, []
    for where in (in_aws(running_stack, ended), by_commands(ended), by_console(ended), on_the_machine()):
        for name, text in where:
            looked_at += 1
            telling += [f"{name}: {_around(text, word)}" for word in (SECRET, ENCODED) if word in text]
    assert telling == []
    assert looked_at > 50


def _around(text: str, word: str) -> str:
    place = text.index(word)
    return text[max(0, place - 120) : place + 40]
