"""`submit`: validates requests and sends them to RequestQueue, ten a call, each under a stable id."""

import json
import os
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from shutterstep.errors import InvalidRequestError
from shutterstep.ids import execution_name, id_of
from shutterstep.request import Request, validate

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef, SendMessageBatchResultTypeDef

QUEUE_VARIABLE = "REQUEST_QUEUE_URL"
# SQS quotas: ten messages and 1 MiB a call, and 1 MiB a message.
BATCH_MESSAGES = 10
BATCH_BYTES = 1_048_576
ATTEMPTS = 5
FIRST_WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class Submitted:
    """A request that SQS accepted: its id, SQS's id of the message, and the name that its execution will have."""

    id: str
    message_id: str
    execution_name: str


@dataclass(frozen=True)
class Unsent:
    """A request that SQS did not accept, with the code and the message of the refusal."""

    request: Request
    error_code: str
    error_message: str


class SubmitError(Exception):
    """Some requests were not sent: `submitted` are on the queue, `unsent` can be given to `submit` again."""

    def __init__(self, submitted: list[Submitted], unsent: list[Unsent]) -> None:
        first = f"{unsent[0].error_code}: {unsent[0].error_message}"
        super().__init__(f"{len(unsent)} of {len(submitted) + len(unsent)} requests were not sent; the first: {first}")
        self.submitted = submitted
        self.unsent = unsent


@dataclass(frozen=True)
class _Message:
    place: int
    request: Request
    id: str
    body: str


@overload
def submit(
    requests: Mapping[str, Any], *, queue_url: str | None = None, client: "SQSClient | None" = None
) -> Submitted: ...


@overload
def submit(
    requests: Iterable[Mapping[str, Any]], *, queue_url: str | None = None, client: "SQSClient | None" = None
) -> list[Submitted]: ...


def submit(
    requests: Any,
    *,
    queue_url: str | None = None,
    client: "SQSClient | None" = None,
) -> Submitted | list[Submitted]:
    """Sends one request or many to `queue_url`, the stack's output RequestQueueUrl; None reads REQUEST_QUEUE_URL.

    Returns one Submitted for one request, a list in the same order for many. All requests are validated before the
    first is sent: an invalid one raises InvalidRequestError, and nothing is sent. A request without an `id` gets the
    hash of its content as id, so that sending it again (after a crash, or by another producer) renders nothing twice.
    Requests that SQS refuses temporarily are sent again, five times in all; those that remain raise SubmitError.
    """
    if isinstance(requests, Mapping):
        return _send_all([_message(0, requests)], queue_url, client)[0]
    return _send_all([_numbered(place, request) for place, request in enumerate(requests)], queue_url, client)


def _numbered(place: int, request: Mapping[str, Any]) -> _Message:
    try:
        return _message(place, request)
    except InvalidRequestError as error:
        raise InvalidRequestError(f"request {place + 1}: {error.message}", error.field) from error


def _message(place: int, request: Mapping[str, Any]) -> _Message:
    """Puts the id into the message, so that every version of the starter uses the id that the producer was told."""
    valid = validate(dict(request))
    id_ = id_of(valid)
    body = json.dumps({**valid, "id": id_}, separators=(",", ":"))
    if len(body) > BATCH_BYTES:
        raise InvalidRequestError(f"message: {len(body):,} bytes; SQS takes at most {BATCH_BYTES:,}", "message")
    return _Message(place, valid, id_, body)


def _send_all(messages: Sequence[_Message], queue_url: str | None, client: "SQSClient | None") -> list[Submitted]:
    sender = _Sender(client or _client(), queue_url or _queue_of_the_environment())
    for batch in _batches(messages):
        sender.send(batch)
    submitted = [sender.taken[place] for place in sorted(sender.taken)]
    if sender.refused:
        unsent = [Unsent(messages[place].request, *why) for place, why in sorted(sender.refused.items())]
        raise SubmitError(submitted, unsent)
    return submitted


def _queue_of_the_environment() -> str:
    if QUEUE_VARIABLE not in os.environ:
        raise ValueError(f"give queue_url, or set {QUEUE_VARIABLE}, to the stack's output RequestQueueUrl")
    return os.environ[QUEUE_VARIABLE]


def _client() -> "SQSClient":
    """Makes the client when something is sent, not at import: the renderer imports this package and must start fast."""
    import boto3
    from botocore.config import Config

    return boto3.client("sqs", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))


def _batches(messages: Iterable[_Message]) -> Iterator[list[_Message]]:
    """Splits the messages into as few batches as SQS's limits allow, in order."""
    batch: list[_Message] = []
    size = 0
    for message in messages:
        if len(batch) == BATCH_MESSAGES or size + len(message.body) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.body)
    if batch:
        yield batch


class _Sender:
    """The requests that SQS accepted and refused so far, by their place in the input."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self.sqs, self.queue_url = sqs, queue_url
        self.taken: dict[int, Submitted] = {}
        self.refused: dict[int, tuple[str, str]] = {}
        self.broken: tuple[str, str] | None = None

    def send(self, batch: list[_Message]) -> None:
        """Sends until each message is accepted or finally refused, or the attempts are used up."""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 (jitter)
            batch = self._send_once(batch)
            if not batch:
                return

    def _send_once(self, batch: list[_Message]) -> list[_Message]:
        """Makes one call and returns the messages to send again.

        A call that fails ends all sending, because the next would fail too.
        """
        answer = self.broken or self._call(batch)
        if isinstance(answer, tuple):
            self.broken = answer
            self.refused.update((message.place, answer) for message in batch)
            return []
        messages = {str(message.place): message for message in batch}
        for entry in answer.get("Successful", []):
            self._take(messages[entry["Id"]], entry["MessageId"])
        failed = [(messages[entry["Id"]], entry) for entry in answer.get("Failed", [])]
        self.refused.update((message.place, (entry["Code"], entry.get("Message", ""))) for message, entry in failed)
        return [message for message, entry in failed if not entry["SenderFault"]]

    def _call(self, batch: list[_Message]) -> "SendMessageBatchResultTypeDef | tuple[str, str]":
        """Returns SQS's answer, or the code and message of an error that the client's own retries did not overcome."""
        from botocore.exceptions import BotoCoreError, ClientError

        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(message.place), "MessageBody": message.body} for message in batch
        ]
        try:
            return self.sqs.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
        except ClientError as error:
            problem = error.response.get("Error", {})
            return problem.get("Code", "Unknown"), problem.get("Message", str(error))
        except BotoCoreError as error:
            return type(error).__name__, str(error)

    def _take(self, message: _Message, message_id: str) -> None:
        self.refused.pop(message.place, None)
        self.taken[message.place] = Submitted(message.id, message_id, execution_name(message.id, message_id))
