"""Deletes what a verification left: running executions, items, pictures, requests and dead letters."""

from dataclasses import asdict, dataclass

from shutterstep_cli.load.evidence import executions, take_dead_letters
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verification.trial import STOP_REASON
from shutterstep_cli.verification.trial_record import TrialRecord

FOLDERS = ("shots", "requests")


@dataclass(frozen=True)
class Cleaned:
    """How many of each were deleted. Histories of executions stay; Step Functions keeps them for 90 days."""

    stopped_executions: int
    items: int
    objects: int
    dead_letters: int

    def as_json(self) -> dict[str, int]:
        """Returns the numbers by name."""
        return asdict(self)

    def in_words(self) -> str:
        """Returns the numbers in one line."""
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items())


def clean_up(target: Target, record: TrialRecord) -> Cleaned:
    """Stops the executions first, so that none writes an item again, then deletes the rest. Returns the numbers."""
    return Cleaned(
        _stop_executions(target, record),
        _delete_items(target, record),
        sum(_delete_objects(target, f"{folder}/{record.prefix}") for folder in FOLDERS),
        len(take_dead_letters(target, record.prefix, record.started_at)),
    )


def _stop_executions(target: Target, record: TrialRecord) -> int:
    found, _ = executions(target, record.prefix, record.started_at - 60)
    running = [one for one in found.values() if one.stopped_at is None]
    for one in running:
        target.client("stepfunctions").stop_execution(executionArn=one.arn, cause=STOP_REASON)
    return len(running)


def _delete_items(target: Target, record: TrialRecord) -> int:
    dynamodb, count = target.client("dynamodb"), 0
    for id_ in sorted({message.id for message in record.messages}):
        key = {"TableName": target.outputs["TableName"], "Key": {"id": {"S": id_}}}
        count += "Attributes" in dynamodb.delete_item(**key, ReturnValues="ALL_OLD")
    return count


def _delete_objects(target: Target, prefix: str) -> int:
    s3, bucket = target.client("s3"), target.outputs["BucketName"]
    found = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix).search("Contents[].Key")
    keys = [key for key in found if key]
    for key in keys:
        s3.delete_object(Bucket=bucket, Key=key)
    return len(keys)
