"""RenderQueue: the jobs that wait for a worker of the pool, hidden from the others while one renders them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from renderer.settings import PoolSettings

# Seconds that SQS holds an empty answer back. A worker that stops waits for the answer, because it may hold a message.
WAIT_SECONDS = 5
AT_MOST = 10
# A job whose answer was lost on its way to us, as when we die while we poll, is known to nobody: it comes back after
# this. One that arrived is extended at once.
UNCONFIRMED_SECONDS = 15


@dataclass(frozen=True)
class Delivery:
    """One job as it came out of the queue for the `receives`th time; its text holds a token and shows in no repr."""

    body: str = field(repr=False)
    receipt: str = field(repr=False)
    receives: int


class RenderQueue:
    """The queue; `sqs` is a boto3 client. Every method raises botocore's errors."""

    def __init__(self, sqs: Any, settings: PoolSettings, wait_seconds: int = WAIT_SECONDS) -> None:
        self._sqs = sqs
        self._wait_seconds = wait_seconds
        self._url = settings.queue_url
        self._visibility_seconds = settings.visibility_seconds

    async def receive(self, at_most: int) -> list[Delivery]:
        """Up to so many jobs, hidden for a short while, to be extended; none when none came for `wait_seconds`."""
        answer = await asyncio.to_thread(
            self._sqs.receive_message,
            QueueUrl=self._url,
            MaxNumberOfMessages=min(at_most, AT_MOST),
            WaitTimeSeconds=self._wait_seconds,
            VisibilityTimeout=min(self._visibility_seconds, UNCONFIRMED_SECONDS),
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Delivery(message["Body"], message["ReceiptHandle"], int(message["Attributes"]["ApproximateReceiveCount"]))
            for message in answer.get("Messages", [])
        ]

    def extend(self, delivery: Delivery) -> None:
        """Hide it for as long again."""
        self._hide(delivery, self._visibility_seconds)

    def give_back(self, delivery: Delivery) -> None:
        """Makes the job visible, so that another worker can take it at once."""
        self._hide(delivery, 0)

    def delete(self, delivery: Delivery) -> None:
        """It is answered."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=delivery.receipt)

    def _hide(self, delivery: Delivery, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=delivery.receipt, VisibilityTimeout=seconds
        )
