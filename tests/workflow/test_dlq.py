"""`shutterstep dlq` on the deployed queues: what lies there, from whom and why; sent again, or deleted."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.main import app
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from tests.waiting import wait_for


def dlq(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["dlq", *arguments])


def listed(id_: str, *options: str) -> list[dict[str, Any]]:
    letters = [json.loads(line) for line in dlq("list", "--json", *options).stdout.splitlines()]
    return [letter for letter in letters if letter["id"] == id_]


@pytest.fixture
def refused(running_stack: Target) -> Iterator[str]:
    """The id of a message that the starter has put aside."""
    id_ = f"refused-{uuid.uuid4().hex[:8]}"
    body = json.dumps({"id": id_, "url": "example.com"})
    running_stack.client("sqs").send_message(QueueUrl=running_stack.outputs["RequestQueueUrl"], MessageBody=body)
    wait_for(lambda: listed(id_))
    yield id_
    # Other tests of this stack look at what lies in its queues.
    for letter in listed(id_):
        dlq("purge", "--id", letter["message_id"], "--yes")


def test_a_refused_message_is_listed_with_body_sender_time_and_reason(refused: str) -> None:
    (letter,) = listed(refused)
    assert letter["queue"] == "requests"
    assert letter["error_code"] == "Render.InvalidRequest"
    assert letter["reason"].startswith("url: must begin with http")
    assert letter["sender"]
    assert letter["sent_at"].startswith("20")
    shown = dlq("show", letter["message_id"][:12])
    assert shown.exit_code == 0
    assert '"url": "example.com"' in shown.stdout


def test_one_message_is_deleted_by_its_id_and_only_with_a_yes(refused: str) -> None:
    (letter,) = listed(refused)
    asked = dlq("purge", "--id", letter["message_id"])
    assert (asked.exit_code, len(listed(refused))) == (2, 1)
    assert "--yes" in asked.stderr
    assert dlq("purge", "--id", letter["message_id"], "--yes").exit_code == 0
    assert listed(refused) == []


def test_a_purge_needs_to_know_what(refused: str) -> None:
    assert dlq("purge", "--yes").exit_code == 2
    assert dlq("purge", "--queue", "requests", "--older-than", "7d", "--yes").exit_code == 0
    assert len(listed(refused)) == 1


def test_what_is_still_invalid_is_not_sent_and_the_exit_code_says_so(refused: str) -> None:
    (letter,) = listed(refused)
    done = dlq("send", "--id", letter["message_id"], "--yes", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "still_invalid"


@pytest.mark.usefixtures("renderer")
def test_a_valid_message_is_sent_again_and_rendered(running_stack: Target) -> None:
    id_ = f"unstarted-{uuid.uuid4().hex[:8]}"
    body = json.dumps({"id": id_, "url": "http://example.com/"})
    running_stack.client("sqs").send_message(QueueUrl=running_stack.outputs["DeadLetterQueueUrl"], MessageBody=body)
    (letter,) = wait_for(lambda: listed(id_))
    assert letter["error_code"] == "Shutterstep.NotStarted"
    assert dlq("send", "--id", letter["message_id"], "--yes").exit_code == 0
    assert wait_for(lambda: item_of(running_stack, id_).get("status") == "success")


@pytest.mark.parametrize("verb", [["show", "nothing-has-this"], ["purge", "--id", "nothing-has-this", "--yes"]])
def test_a_message_that_is_not_there_is_named(running_stack: Target, verb: list[str]) -> None:
    done = dlq(*verb)
    assert done.exit_code == 1
    assert "nothing-has-this: no message" in done.stderr
