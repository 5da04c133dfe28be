"""The deployed workflow on the emulator: real queue, starter, table and execution; only the browser is faked."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests import waiting
from tests.workflow.fake_renderer import RESULT, FakeRenderer

wait_for = partial(waiting.wait_for, seconds=30)

Send = Callable[..., Shot]


@pytest.fixture
def id_() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def send(running_stack: Target) -> Send:
    def send(path: str, **options: Any) -> Shot:
        return submit(running_stack, {"url": f"http://example.com/{path}", **options})

    return send


def end(target: Target, *shots: Shot) -> None:
    follow(target, list(shots), lambda: None, 60)


def execution_of(aws: Any, shot: Shot) -> dict[str, Any]:
    return aws.client("stepfunctions").describe_execution(executionArn=shot.execution_arn)


def test_a_message_becomes_a_finished_item(running_stack: Target, renderer: FakeRenderer, send: Send, id_: str) -> None:
    shot = send("page", id=id_)
    end(running_stack, shot)
    item = item_of(running_stack, id_)
    assert shot.states == ["Claim", "RenderOnTask", "MarkSuccess"]
    assert {name: item[name] for name in RESULT} == RESULT
    assert item["status"] == "success"
    assert item["claim"] == shot.execution_arn.rpartition(":")[2]
    assert item["s3_key"] == f"shots/{id_}/{item['claim']}-0.png"
    assert "unfinished_shard" not in item


def test_an_execution_whose_claim_was_written_but_not_answered_renders(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    first = send("page", id=id_)
    end(running_stack, first)
    own = f"{id_}--own"
    hold(aws, running_stack, id_, own)
    machine, request = running_stack.outputs["StateMachineArn"], execution_of(aws, first)["input"]
    again = Shot({}, execution_arn=start(aws, machine, own, request))
    wait_for(lambda: _status(aws, again) != "RUNNING")
    assert states_of(aws, again) == ["Claim", "LookUpOwner", "WhySkip", "RenderOnTask", "MarkSuccess"]
    assert item_of(running_stack, id_)["claim"] == own


def test_a_success_after_a_released_claim_leaves_no_error_behind(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    shot = send("held", id=id_)
    wait_for(lambda: renderer.rendered["http://example.com/held"])
    aws.client("dynamodb").update_item(
        TableName=running_stack.outputs["TableName"],
        Key={"id": {"S": id_}},
        UpdateExpression="SET error_code = :text, error_message = :text",
        ExpressionAttributeValues={":text": {"S": "of an earlier end"}},
    )
    renderer.gate.set()
    end(running_stack, shot)
    item = item_of(running_stack, id_)
    assert item["status"] == "success"
    assert not {"error_code", "error_message"} & set(item)


def hold(aws: Any, target: Target, id_: str, claim: str) -> None:
    """Make an execution of this name the owner, at work under a lease that holds."""
    values = {":claim": claim, ":processing": "processing", ":future": "2999-01-01T00:00:00.000Z"}
    aws.client("dynamodb").update_item(
        TableName=target.outputs["TableName"],
        Key={"id": {"S": id_}},
        UpdateExpression="SET claim = :claim, #status = :processing, lease_expires_at = :future",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
    )


def start(aws: Any, machine: str, name: str, request: str) -> str:
    return aws.client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input=request)[
        "executionArn"
    ]


def states_of(aws: Any, shot: Shot) -> list[str]:
    events = aws.client("stepfunctions").get_execution_history(executionArn=shot.execution_arn)["events"]
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def test_the_lease_outlives_the_execution(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    machine = running_stack.outputs["StateMachineArn"]
    definition = aws.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["definition"]
    end(running_stack, send("page", id=id_))
    item = item_of(running_stack, id_)
    lease = datetime.fromisoformat(item["lease_expires_at"]) - datetime.fromisoformat(item["claimed_at"])
    assert lease.total_seconds() > json.loads(definition)["TimeoutSeconds"]


def test_a_duplicate_of_a_finished_id_skips_in_four_states(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    end(running_stack, send("page", id=id_))
    duplicate = send("page", id=id_)
    end(running_stack, duplicate)
    assert (duplicate.status, duplicate.reason) == ("skipped", "already_processed")
    assert duplicate.states == ["Claim", "LookUpOwner", "WhySkip", "SkipAlreadyProcessed"]
    assert renderer.rendered["http://example.com/page"] == 1


def test_a_duplicate_of_an_id_at_work_skips(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    owner = send("held", id=id_)
    wait_for(lambda: renderer.rendered["http://example.com/held"])
    duplicate = send("held", id=id_)
    wait_for(lambda: _status(aws, duplicate) == "SUCCEEDED")
    assert json.loads(execution_of(aws, duplicate)["output"])["reason"] == "already_processing"
    renderer.gate.set()
    end(running_stack, owner)
    assert renderer.rendered["http://example.com/held"] == 1


def _status(aws: Any, shot: Shot) -> str:
    sfn = aws.client("stepfunctions")
    try:
        return sfn.describe_execution(executionArn=shot.execution_arn)["status"]
    except sfn.exceptions.ExecutionDoesNotExist:
        return "in the queue"


def test_twenty_messages_with_one_id_render_once(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    shots = [send("page", id=id_) for _ in range(20)]
    end(running_stack, *shots)
    assert sorted(shot.status for shot in shots) == ["skipped"] * 19 + ["success"]
    assert sum(renderer.rendered.values()) == 1


def test_an_id_with_a_different_request_is_a_conflict(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    end(running_stack, send("page", id=id_))
    other = send("other-page", id=id_)
    end(running_stack, other)
    assert (other.status, other.reason) == ("skipped", "conflicting_request")
    assert other.states[-1] == "SkipConflictingRequest"


def test_a_typed_failure_is_written_down_and_ends_the_execution(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    shot = send("missing", id=id_)
    end(running_stack, shot)
    item = item_of(running_stack, id_)
    assert shot.states == ["Claim", "RenderOnTask", "MarkFailed", "Failed"]
    assert (shot.status, shot.error_code) == ("failed", "Render.DnsFailure")
    assert (item["status"], item["error_code"]) == ("failed", "Render.DnsFailure")
    assert item["error_message"] == "the fake says so"
    assert "unfinished_shard" in item


def test_a_failed_id_is_taken_over_by_the_next_message(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    end(running_stack, send("missing", id=id_))
    end(running_stack, send("missing", id=id_))
    assert item_of(running_stack, id_)["attempts"] == 2


def test_reuse_never_renders_a_finished_id_again(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    end(running_stack, send("page", id=id_))
    again = send("page", id=id_, reuse="never")
    end(running_stack, again)
    assert again.status == "success"
    assert renderer.rendered["http://example.com/page"] == 2


def test_a_crashed_browser_is_tried_again_with_a_token_and_a_key_of_its_own(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    shot = send("crashes-once", id=id_)
    end(running_stack, shot)
    first, second = renderer.jobs
    assert shot.status == "success"
    assert first["token"] != second["token"]
    assert shot.result["s3_key"] == second["output"]["key"] != first["output"]["key"]


def test_an_answer_without_the_result_fields_is_a_failure_with_its_error(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str
) -> None:
    shot = send("incomplete", id=id_)
    end(running_stack, shot)
    assert shot.status == "failed"
    assert item_of(running_stack, id_)["status"] == "failed"
    assert item_of(running_stack, id_)["error_code"]


def test_a_late_owner_does_not_overwrite_a_newer_one(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    shot = send("held", id=id_)
    wait_for(lambda: renderer.rendered["http://example.com/held"])
    aws.client("dynamodb").update_item(
        TableName=running_stack.outputs["TableName"],
        Key={"id": {"S": id_}},
        UpdateExpression="SET claim = :newer",
        ExpressionAttributeValues={":newer": {"S": "newer"}},
    )
    renderer.gate.set()
    end(running_stack, shot)
    assert (shot.status, shot.error_code) == ("failed", "Shutterstep.ClaimLost")
    assert item_of(running_stack, id_)["claim"] == "newer"
    assert item_of(running_stack, id_)["status"] == "processing"


def test_an_expired_lease_is_taken_over(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    end(running_stack, send("page", id=id_))
    aws.client("dynamodb").update_item(
        TableName=running_stack.outputs["TableName"],
        Key={"id": {"S": id_}},
        UpdateExpression="SET #status = :processing, lease_expires_at = :past",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":processing": {"S": "processing"}, ":past": {"S": "2020-01-01T00:00:00.000Z"}},
    )
    heir = send("page", id=id_)
    end(running_stack, heir)
    assert heir.status == "success"
    assert item_of(running_stack, id_)["attempts"] == 2


def test_a_large_request_goes_by_reference(
    running_stack: Target, renderer: FakeRenderer, send: Send, id_: str, aws: Any
) -> None:
    end(running_stack, send("page", id=id_, metadata={"a": "x" * 2000, "b": "y" * 2000, "c": "z" * 2000}))
    (job,) = renderer.jobs
    reference = job["request_reference"]
    stored = aws.client("s3").get_object(Bucket=reference["bucket"], Key=reference["key"])
    assert json.loads(stored["Body"].read())["metadata"]["a"] == "x" * 2000
    assert "request" not in job


@pytest.mark.parametrize(
    ("body", "field"),
    [("no json", "message"), ('{"url": "https://example.com", "fulPage": true}', "fulPage")],
)
def test_an_invalid_message_ends_in_the_dlq_with_its_reason(
    running_stack: Target, aws: Any, body: str, field: str
) -> None:
    sqs, outputs = aws.client("sqs"), running_stack.outputs
    message_id = sqs.send_message(QueueUrl=outputs["RequestQueueUrl"], MessageBody=body)["MessageId"]
    dead = wait_for(lambda: _take(sqs, outputs["DeadLetterQueueUrl"], message_id))
    attributes = {name: value["StringValue"] for name, value in dead["MessageAttributes"].items()}
    assert dead["Body"] == body
    assert attributes["error_code"] == "Render.InvalidRequest"
    assert attributes["error_field"] == field


def _take(sqs: Any, queue_url: str, message_id: str) -> dict[str, Any] | None:
    received = sqs.receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    for message in received.get("Messages", []):
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    messages = received.get("Messages", [])
    return next((one for one in messages if one["MessageAttributes"]["message_id"]["StringValue"] == message_id), None)
