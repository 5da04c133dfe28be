"""The dead-letter queues: reads their messages, and sends requests again that have become valid.

A message is deleted only after it was sent. If the command is interrupted in between, the message is in both queues
and the next run sends it twice. Both copies have the same id, so that the claim renders it once.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep.errors import InvalidRequestError
from shutterstep.ids import id_of
from shutterstep.request import parse
from shutterstep_cli.stack.executions import object_in
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.history import text_of

# Messages are hidden again long before this time is over, because a question may stay open for an hour and a slow
# replay may take as long. Chosen, not measured.
HIDDEN_SECONDS = 900
EMPTY_ANSWERS = 2
# Meaning of a message without its own reason.
UNANSWERED = {
    "requests": ("Shutterstep.NotStarted", "it was received too often without being started"),
    "jobs": ("Render.ReceivedTooOften", "no worker could answer this job"),
    "release": ("Shutterstep.NotReleased", "the release workflow could not be started with this event"),
    "webhook": ("Shutterstep.NotDelivered", "the webhook did not take this event"),
}


QUEUES = {
    "requests": "DeadLetterQueueUrl",
    "jobs": "RenderDeadLetterQueueUrl",
    "release": "ReleaseDeadLetterQueueUrl",
    "webhook": "WebhookDeadLetterQueueUrl",
}


@dataclass(frozen=True)
class DeadLetter:
    """A message in a dead-letter queue; `sender` is the IAM id of its first sender, `sent_at` is ISO 8601."""

    queue: str
    message_id: str
    id: str
    sender: str
    sent_at: str
    received: int
    error_code: str
    reason: str
    body: str


class DeadLetters:
    """Keeps the queue's messages hidden while it is open, and makes the remaining ones visible at the end."""

    def __init__(self, target: Target, queue: str = "requests", hidden_seconds: int = HIDDEN_SECONDS) -> None:
        self.hidden_seconds = hidden_seconds
        self.sqs = target.client("sqs")
        self.name, self.queue = queue, target.outputs[QUEUES[queue]]
        self.requests = target.outputs["RequestQueueUrl"]
        self.held: dict[str, dict[str, Any]] = {}
        self._is_read = False
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep_hidden, daemon=True)

    def __enter__(self) -> "DeadLetters":
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._keeper.join()
        for message in self.held.values():
            # An error with one message must not hide the results of the others.
            with suppress(ClientError, BotoCoreError):
                self._hide(message, 0)

    def _keep_hidden(self) -> None:
        while not self._over.wait(self.hidden_seconds / 3):
            for message in tuple(self.held.values()):
                with suppress(ClientError, BotoCoreError):
                    self._hide(message, self.hidden_seconds)

    def _hide(self, message: dict[str, Any], seconds: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def read(self) -> None:
        """Receives every message that is in the queue now, once; this takes about two seconds."""
        if not self._is_read:
            for message in self._receive():
                self.held[message["MessageId"]] = message
            self._is_read = True

    def lines(self, since: datetime) -> list[ReplayItem]:
        """Returns one line for each message that arrived after `since`, valid or not."""
        self.read()
        return [described(message) for message in self.held.values() if _sent_at(message) >= since]

    def letters(self) -> list[DeadLetter]:
        """Returns every message of the queue, the oldest first."""
        self.read()
        return sorted((_letter(self.name, message) for message in self.held.values()), key=lambda one: one.sent_at)

    def delete(self, message_id: str) -> None:
        """Deletes a message that this object holds. Raises KeyError for one that it does not hold."""
        message = self.held.pop(message_id)
        self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])

    def _receive(self) -> Iterator[dict[str, Any]]:
        """Yields messages until the queue gives two empty answers; one may come from only some of its servers."""
        empty = 0
        while empty < EMPTY_ANSWERS:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=self.hidden_seconds,
                MessageAttributeNames=["All"],
                AttributeNames=["SentTimestamp", "SenderId", "ApproximateReceiveCount"],
            )
            messages = answer.get("Messages", [])
            empty = 0 if messages else empty + 1
            yield from messages

    def send(self, line: ReplayItem) -> None:
        """Sends a request to the request queue and deletes it here; the outcome is `gone` if we no longer hold it."""
        message = self.held[line.message_id]
        try:
            self._hide(message, self.hidden_seconds)
        except ClientError as error:
            del self.held[line.message_id]
            line.refuse("gone", f"another reader may have it: {error.response.get('Error', {}).get('Code')}")
            return
        self.sqs.send_message(QueueUrl=self.requests, MessageBody=message["Body"])
        self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        del self.held[line.message_id]
        line.outcome = "sent"


def described(message: dict[str, Any]) -> ReplayItem:
    """Returns the message with its reason, checked against today's schema."""
    attributes = _attributes(message)
    line = ReplayItem(
        id=str(object_in(message["Body"]).get("id", "")),
        url=str(object_in(message["Body"]).get("url", "")),
        status="DEAD_LETTER",
        error_code=attributes.get("error_code", UNANSWERED["requests"][0]),
        reason=attributes.get("error_message", UNANSWERED["requests"][1]),
        stopped_at=text_of(_sent_at(message)),
        message_id=message["MessageId"],
    )
    try:
        line.id = id_of(parse(message["Body"]))
    except InvalidRequestError as error:
        line.refuse("still_invalid", error.message)
    return line


def _letter(queue: str, message: dict[str, Any]) -> DeadLetter:
    attributes, system = _attributes(message), message["Attributes"]
    first_sender = attributes.get("sender") or system.get("SenderId", "")
    # EventBridge uses its own attribute names; the others are the starter's.
    code = attributes.get("error_code") or attributes.get("ERROR_CODE") or UNANSWERED[queue][0]
    reason = attributes.get("error_message") or attributes.get("ERROR_MESSAGE") or UNANSWERED[queue][1]
    return DeadLetter(
        queue, message["MessageId"], str(object_in(message["Body"]).get("id", "")), first_sender,
        text_of(_sent_at(message)), int(system.get("ApproximateReceiveCount", 0)),
        code, reason, message["Body"],
    )  # fmt: skip


def _attributes(message: dict[str, Any]) -> dict[str, str]:
    return {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}


def _sent_at(message: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
