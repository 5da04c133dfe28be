"""Dead letters are held as long as somebody reads them, and none is sent that is no longer ours."""

import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shutterstep_cli.stack.dead_letters import DeadLetters

BODY = '{"id": "a", "url": "https://example.com"}'
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Queue:
    """An SQS client with one dead letter; `lost` when another reader has it."""

    def __init__(self) -> None:
        self.lost, self.sent, self.extended = False, [], threading.Semaphore(0)
        attributes = {"SentTimestamp": "1700000000000"}
        self.waiting = [{"MessageId": "m", "ReceiptHandle": "r", "Body": BODY, "Attributes": attributes}]

    def receive_message(self, **_: Any) -> dict[str, Any]:
        waiting, self.waiting = self.waiting, []
        return {"Messages": waiting}

    def change_message_visibility(self, **call: Any) -> None:
        if self.lost:
            raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "ChangeMessageVisibility")
        if call["VisibilityTimeout"]:
            self.extended.release()

    def send_message(self, **call: Any) -> None:
        self.sent.append(call["MessageBody"])

    def delete_message(self, **_: Any) -> None:
        pass


@pytest.fixture
def queue() -> Queue:
    return Queue()


def letters_of(queue: Queue) -> DeadLetters:
    outputs = {"DeadLetterQueueUrl": "dlq", "RequestQueueUrl": "requests"}
    target: Any = SimpleNamespace(client=lambda _service: queue, outputs=outputs)
    return DeadLetters(target, hidden_seconds=1)


def test_a_letter_is_hidden_anew_while_a_question_stands_open(queue: Queue) -> None:
    with letters_of(queue) as letters:
        letters.lines(LONG_AGO)
        assert queue.extended.acquire(timeout=30)
        assert queue.extended.acquire(timeout=30)


def test_a_letter_that_another_reader_has_is_not_sent_and_hides_no_outcome(queue: Queue) -> None:
    with letters_of(queue) as letters:
        (line,) = letters.lines(LONG_AGO)
        queue.lost = True
        letters.send(line)
    assert (line.outcome, queue.sent) == ("gone", [])


def test_a_letter_that_cannot_be_shown_again_raises_nothing(queue: Queue) -> None:
    with letters_of(queue) as letters:
        (line,) = letters.lines(LONG_AGO)
        queue.lost = True
    assert line.outcome == "planned"
