"""RenderQueue: the jobs that wait for a pool worker, hidden from the others while one renders them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from renderer.settings import PoolSettings

# Seconds for which SQS delays an empty answer. A stopping worker waits for the answer, because it may hold a message.
WAIT_SECONDS = 5
AT_MOST = 10
# Seconds. If an answer is lost on its way, for example because we die while we poll, nobody knows its jobs; they come
# back after this time. Jobs that arrive are extended at once.
UNCONFIRMED_SECONDS = 15


@dataclass(frozen=True)
class Delivery:
    """One job as it came out of the queue for the `receives`th time; repr hides its text, which holds a token."""

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
        """Returns up to `at_most` jobs, hidden for a short time until they are extended; none if none came in
        `wait_seconds`.
        """
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
        """Hides the job for the visibility timeout again."""
        self._hide(delivery, self._visibility_seconds)

    def give_back(self, delivery: Delivery) -> None:
        """Makes the job visible, so that another worker can take it at once."""
        self._hide(delivery, 0)

    def delete(self, delivery: Delivery) -> None:
        """Deletes the job after it was answered."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=delivery.receipt)

    def _hide(self, delivery: Delivery, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=delivery.receipt, VisibilityTimeout=seconds
        )
