"""News for consumers: the events of real executions reach a consumer's queue, and a webhook with its secret."""

import json
import queue
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from shutterstep_cli.local.deployment import read_template
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.workflow.fake_renderer import FakeRenderer

CONSUMER = Path(__file__).resolve().parents[2] / "examples" / "consumer.yaml"
SECRET = "a secret of thirty-two characters"


@pytest.fixture(scope="module")
def consumer_queue(running_stack: Target, aws: Any) -> str:
    """The queue of examples/consumer.yaml, deployed as it stands."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName="consumer",
        TemplateBody=json.dumps(read_template(CONSUMER)),
        Parameters=[
            {"ParameterKey": "StateMachineArn", "ParameterValue": running_stack.outputs["StateMachineArn"]},
        ],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="consumer", WaiterConfig={"Delay": 1})
    outputs = cloudformation.describe_stacks(StackName="consumer")["Stacks"][0]["Outputs"]
    return next(output["OutputValue"] for output in outputs if output["OutputKey"] == "QueueUrl")


@pytest.fixture
def receiver() -> Iterator[tuple[str, "queue.Queue[tuple[str | None, dict[str, Any]]]"]]:
    """An HTTP server of the consumer's; gives its address and what was posted: secret and body."""
    posted: queue.Queue[tuple[str | None, dict[str, Any]]] = queue.Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.put((self.headers["X-Shutterstep-Secret"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", posted
    server.shutdown()
    server.server_close()


@pytest.fixture
def webhook(running_stack: Target, receiver: tuple[str, Any]) -> Iterator[Any]:
    """The webhook of template.yaml made by API: the emulator delivers to it, but its CloudFormation lacks the types."""
    events, name = running_stack.client("events"), f"webhook-{uuid.uuid4().hex[:8]}"
    resources = read_template()["Resources"]
    connection, destination, rule = (
        resources[kind]["Properties"] for kind in ("WebhookConnection", "WebhookDestination", "WebhookRule")
    )
    connection["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyValue"] = SECRET
    arn = events.create_connection(Name=name, **connection)["ConnectionArn"]
    destination |= {"ConnectionArn": arn, "InvocationEndpoint": receiver[0], "InvocationRateLimitPerSecond": 50}
    arn = events.create_api_destination(Name=name, **destination)["ApiDestinationArn"]
    rule["EventPattern"]["detail"]["stateMachineArn"] = [running_stack.outputs["StateMachineArn"]]
    events.put_rule(Name=name, EventPattern=json.dumps(rule["EventPattern"]))
    role = "arn:aws:iam::000000000000:role/webhook"
    target = {"Id": name, "Arn": arn, "RoleArn": role, "InputPath": rule["Targets"][0]["InputPath"]}
    events.put_targets(Rule=name, Targets=[target])
    yield receiver[1]
    events.remove_targets(Rule=name, Ids=[name])
    events.delete_rule(Name=name)


def ended(target: Target, path: str, id_: str) -> Shot:
    shot = submit(target, {"id": id_, "url": f"http://example.com/{path}"})
    follow(target, [shot], lambda: None, 60)
    return shot


def events_of(sqs: Any, url: str, ids: set[str], expected: int) -> dict[str, dict[str, Any]]:
    """The events about these ids by execution, once there are so many; waits a moment for any more."""
    found: dict[str, dict[str, Any]] = {}
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        taken = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        for message in taken:
            event = json.loads(message["Body"])
            if json.loads(event["detail"]["input"])["id"] in ids:
                found[event["detail"]["executionArn"]] = event
        if len(found) >= expected and not taken:
            return found
    raise AssertionError(f"{len(found)} of {expected} events came")


def test_a_consumers_queue_hears_of_pictures_and_failures_but_not_of_skips(
    running_stack: Target, renderer: FakeRenderer, aws: Any, consumer_queue: str
) -> None:
    good, bad = (f"event-{name}-{uuid.uuid4().hex[:8]}" for name in ("good", "bad"))
    finished, skip, failed = (
        ended(running_stack, "page", good),
        ended(running_stack, "page", good),
        ended(running_stack, "missing", bad),
    )
    assert [shot.status for shot in (finished, skip, failed)] == ["success", "skipped", "failed"]
    events = events_of(aws.client("sqs"), consumer_queue, {good, bad}, expected=2)
    assert set(events) == {finished.execution_arn, failed.execution_arn}
    picture = json.loads(events[finished.execution_arn]["detail"]["output"])
    assert (picture["id"], picture["status"], picture["s3_key"]) == (good, "success", finished.result["s3_key"])
    failure = events[failed.execution_arn]["detail"]
    assert (failure["status"], failure["error"]) == ("FAILED", "Render.DnsFailure")


def test_the_webhook_gets_the_detail_and_knows_us_by_the_secret(
    running_stack: Target, renderer: FakeRenderer, webhook: Any
) -> None:
    id_ = f"webhook-{uuid.uuid4().hex[:8]}"
    shot = ended(running_stack, "page", id_)
    secret, detail = webhook.get(timeout=20)
    assert secret == SECRET
    assert (detail["executionArn"], detail["status"]) == (shot.execution_arn, "SUCCEEDED")
    assert json.loads(detail["output"])["id"] == id_
