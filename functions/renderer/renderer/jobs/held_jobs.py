"""Notes in PoolTable which jobs this worker holds, and how many workers died while they rendered a job alone.

When a worker's task stops, the release workflow reads the held jobs and gives them to other workers.
"""

import time
from collections.abc import Sequence
from typing import Any

# Seconds; longer than RenderQueue keeps a job.
KEPT_SECONDS = 2 * 86_400


class HeldJobs:
    """The notes of one worker; `dynamodb` is a boto3 client. Every method may block and raises botocore's errors."""

    def __init__(self, dynamodb: Any, table: str, worker: str) -> None:
        self._dynamodb, self._table, self._worker = dynamodb, table, worker

    def hold(self, receipts: Sequence[str]) -> None:
        """Notes that the worker holds exactly the jobs of these receipts."""
        if not self._worker:
            return
        jobs = {"L": [{"S": receipt} for receipt in receipts]}
        self._update(f"worker/{self._worker}", "SET jobs = :jobs, expires_at = :expires_at", {":jobs": jobs})

    def begin_alone(self, job: str) -> int:
        """Notes that a worker renders only this job; returns how many, including this one, did so and have not ended
        it.
        """
        answer = self._add_alone(job, 1)
        return int(answer["Attributes"]["alone"]["N"])

    def end_alone(self, job: str) -> None:
        """Notes that the worker survived the job that it rendered alone."""
        self._add_alone(job, -1)

    def _add_alone(self, job: str, number: int) -> Any:
        return self._update(f"job/{job}", "SET expires_at = :expires_at ADD alone :n", {":n": {"N": str(number)}})

    def _update(self, id_: str, expression: str, values: dict[str, Any]) -> Any:
        expires_at = {"N": str(int(time.time()) + KEPT_SECONDS)}
        return self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": id_}},
            UpdateExpression=expression,
            ExpressionAttributeValues={**values, ":expires_at": expires_at},
            ReturnValues="UPDATED_NEW",
        )
