"""What a stack shows about a trial that has ended: executions, items, pictures, dead letters and queues."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from shutterstep_cli.load.evidence import executions, keys
from shutterstep_cli.stack.dead_letters import DeadLetters
from shutterstep_cli.stack.executions import Execution, read_execution
from shutterstep_cli.stack.items import items_by_id
from shutterstep_cli.stack.pool import backlog_of
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verification.trial_record import TrialRecord

# SQS's message counts may be up to a minute late.
EMPTY_WITHIN_SECONDS = 150
LOOK_EVERY_SECONDS = 1
CLOCKS_DIFFER_SECONDS = 60


@dataclass
class Observed:
    """Executions by name, items by id, SHA-256 of the stored pictures by key ("" for a missing one), dead letters with
    their reasons, waiting messages by output, and release executions that did not succeed.
    """

    executions: dict[str, Execution] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    dead_letters: list[ReplayItem] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)
    releases: dict[str, str] = field(default_factory=dict)

    def commits(self) -> dict[str, set[str]]:
        """Returns, by id, the executions that committed a picture, by their own output or as the owner in the item."""
        found: dict[str, set[str]] = defaultdict(set)
        for execution in self.executions.values():
            if execution.outcome == "success":
                found[execution.id].add(execution.name)
        for id_, item in self.items.items():
            if item["status"] == "success":
                found[id_].add(item["claim"])
        return dict(found)


def observe(target: Target, record: TrialRecord) -> Observed:
    """Reads everything about a trial. Waits, within bounds, until SQS counts no message in the queues."""
    found, _ = executions(target, record.prefix, record.started_at - CLOCKS_DIFFER_SECONDS)
    waiting = _waiting(target)
    return Observed(
        executions={name: read_execution(target, one.arn) for name, one in found.items()},
        items={item["id"]: item for item in items_by_id(target, sorted({one.id for one in record.messages}))},
        pictures=_pictures(target, record.prefix),
        dead_letters=_dead_letters(target, record),
        waiting=waiting,
        releases=_releases(target, record.started_at),
    )


def _pictures(target: Target, prefix: str) -> dict[str, str]:
    stored = [key for found in keys(target, prefix).values() for key in found]
    return {key: _digest(target, key) for key in stored}


def _digest(target: Target, key: str) -> str:
    try:
        body = target.client("s3").get_object(Bucket=target.outputs["BucketName"], Key=key)["Body"]
    except ClientError:
        return ""
    return sha256(body.read()).hexdigest()


def _dead_letters(target: Target, record: TrialRecord) -> list[ReplayItem]:
    since = datetime.fromtimestamp(record.started_at - CLOCKS_DIFFER_SECONDS, UTC)
    with DeadLetters(target) as letters:
        return [line for line in letters.lines(since) if line.id.startswith(record.prefix)]


def _waiting(target: Target) -> dict[str, int]:
    """Returns the jobs in the request queue and the render queue, as soon as there are none or the time is up."""
    deadline = time.monotonic() + EMPTY_WITHIN_SECONDS
    while True:
        outputs = {name: target.outputs[name] for name in ("RequestQueueUrl", "RenderQueueUrl")}
        counts = {name: backlog_of(target.client("sqs"), url).jobs for name, url in outputs.items()}
        if not any(counts.values()) or time.monotonic() > deadline:
            return counts
        time.sleep(LOOK_EVERY_SECONDS)


def _releases(target: Target, since: float) -> dict[str, str]:
    """Returns the release executions since then that did not end as SUCCEEDED, with their status."""
    machine = target.outputs["ReleaseStateMachineArn"]
    pages = target.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    found: dict[str, str] = {}
    for one in pages.search("executions[]"):
        if one["startDate"].timestamp() < since - CLOCKS_DIFFER_SECONDS:
            break  # the newest come first
        if one["status"] not in ("SUCCEEDED", "RUNNING"):
            found[one["name"]] = one["status"]
    return found
