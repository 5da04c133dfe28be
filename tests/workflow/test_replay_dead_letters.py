"""`shutterstep replay --from dlq`: what has become valid is sent again, the rest stays."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.main import app
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from tests.workflow.fake_renderer import FakeRenderer
from tests.workflow.test_release import wait_for

INVALID = '{"url": "ftp://example.com"}'


@pytest.fixture
def queue(running_stack: Target, aws: Any) -> Iterator[str]:
    """The dead-letter queue, empty before and after."""
    url = running_stack.outputs["DeadLetterQueueUrl"]
    aws.client("sqs").purge_queue(QueueUrl=url)
    yield url
    aws.client("sqs").purge_queue(QueueUrl=url)


@pytest.fixture
def id_(aws: Any, queue: str) -> str:
    """A message that was never started, beside one that never can be."""
    id_ = f"dead-{uuid.uuid4().hex[:8]}"
    for body in (json.dumps({"id": id_, "url": "http://example.com/page"}), INVALID):
        aws.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    return id_


def replay(*arguments: str) -> tuple[Result, dict[str, str]]:
    """The answer, and the outcome by id."""
    answer = CliRunner().invoke(app, ["replay", "--from", "dlq", "--rate", "50", "--json", *arguments])
    return answer, {line["id"]: line["outcome"] for line in map(json.loads, answer.stdout.splitlines())}


def left(aws: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages"]
    return int(aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"][names[0]])


def test_a_valid_dead_letter_is_rendered_and_an_invalid_one_stays(
    running_stack: Target, renderer: FakeRenderer, aws: Any, queue: str, id_: str
) -> None:
    answer, outcomes = replay("--yes")
    wait_for(lambda: item_of(running_stack, id_).get("status") == "success")
    assert outcomes == {id_: "sent", "": "still_invalid"}
    assert answer.exit_code == 1
    assert left(aws, queue) == 1


def test_a_second_run_sends_nothing_again(renderer: FakeRenderer, aws: Any, queue: str, id_: str) -> None:
    replay("--yes")
    assert replay("--yes")[1] == {"": "still_invalid"}


def test_a_dry_run_leaves_every_message_where_it_was(aws: Any, queue: str, id_: str) -> None:
    assert replay("--dry-run")[1] == {id_: "planned", "": "still_invalid"}
    assert left(aws, queue) == 2


def test_only_the_wanted_are_sent(renderer: FakeRenderer, aws: Any, queue: str, id_: str) -> None:
    assert replay("--yes", "--id", "another")[1] == {}
    assert left(aws, queue) == 2


def test_an_invalid_letter_says_which_field_is_wrong(aws: Any, queue: str, id_: str) -> None:
    answer, _ = replay("--dry-run")
    notes = [json.loads(line)["note"] for line in answer.stdout.splitlines()]
    assert any(note.startswith("url: ") for note in notes)


def test_redrive_is_refused_on_the_local_stack_with_what_to_do_instead(running_stack: Target) -> None:
    answer = CliRunner().invoke(app, ["replay", "--mode", "redrive"])
    assert answer.exit_code == 2
    assert "--mode restart" in answer.output


def test_a_stored_request_that_is_gone_is_told_and_not_started(
    running_stack: Target, aws: Any, renderer: FakeRenderer
) -> None:
    name = f"gone-{uuid.uuid4().hex[:8]}"
    reference = {"bucket": running_stack.outputs["BucketName"], "key": f"requests/{name}.json"}
    sfn, machine = aws.client("stepfunctions"), running_stack.outputs["StateMachineArn"]
    arn = sfn.start_execution(
        stateMachineArn=machine, name=name, input=json.dumps({"id": name, "job": {"request_reference": reference}})
    )["executionArn"]
    wait_for(lambda: sfn.describe_execution(executionArn=arn)["status"] == "FAILED")
    answer = CliRunner().invoke(app, ["replay", "--id", name, "--yes", "--json"])
    assert json.loads(answer.stdout)["outcome"] == "request_gone"
    assert answer.exit_code == 1
