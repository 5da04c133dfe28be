"""Sends the messages of a load test when they are due, ten a call, several calls at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.load.load_plan import Message
from shutterstep_cli.stack.target import Target

BATCH = 10
CALLS_AT_ONCE = 8
LOOK_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class Sent:
    """A message that was sent, with SQS's id and the time at which the call returned (epoch seconds).

    If it was not sent: the error instead.
    """

    message: Message
    message_id: str
    at: float
    error: str = ""


def send(target: Target, messages: Sequence[Message], on_sent: Callable[[list[Sent]], None]) -> list[Sent]:
    """Sends every message at its time and returns all; calls `on_sent` in the caller's thread for each batch."""
    sqs, queue = target.client("sqs"), target.outputs["RequestQueueUrl"]
    started, sent = time.monotonic(), []
    waiting: list[Future[list[Sent]]] = []
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        for batch in _when_due(messages, started):
            waiting.append(pool.submit(_send_batch, sqs, queue, batch))
            while waiting and (waiting[0].done() or len(waiting) >= CALLS_AT_ONCE):
                _take(waiting.pop(0), sent, on_sent)
        for future in waiting:
            _take(future, sent, on_sent)
    return sent


def _take(future: "Future[list[Sent]]", sent: list[Sent], on_sent: Callable[[list[Sent]], None]) -> None:
    batch = future.result()
    sent.extend(batch)
    on_sent(batch)


def _when_due(messages: Sequence[Message], started: float) -> Iterator[Sequence[Message]]:
    place = 0
    while place < len(messages):
        elapsed = time.monotonic() - started
        end = place
        while end < len(messages) and end - place < BATCH and messages[end].at <= elapsed:
            end += 1
        if end > place:
            yield messages[place:end]
            place = end
        else:
            time.sleep(min(LOOK_EVERY_SECONDS, messages[place].at - elapsed))


def _send_batch(sqs: Any, queue: str, batch: Sequence[Message]) -> list[Sent]:
    """Sends one batch. If the call fails after the client's retries, its messages are unsent, with the reason."""
    entries = [{"Id": str(place), "MessageBody": message.body} for place, message in enumerate(batch)]
    try:
        answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    except (ClientError, BotoCoreError) as error:
        return [Sent(message, "", time.time(), str(error)) for message in batch]
    now = time.time()
    sent = [Sent(batch[int(entry["Id"])], entry["MessageId"], now) for entry in answer.get("Successful", [])]
    return sent + [Sent(batch[int(entry["Id"])], "", now, entry["Code"]) for entry in answer.get("Failed", [])]
