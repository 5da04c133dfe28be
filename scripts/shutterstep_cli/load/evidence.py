"""What the stack shows about a load test: executions, items, objects and dead letters, read in pages."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shutterstep.ids import parse_shot_key
from shutterstep_cli.stack.dead_letters import DeadLetters
from shutterstep_cli.stack.items import plain
from shutterstep_cli.stack.target import Target

ITEMS_A_CALL = 100
# The quota of DescribeExecution is 15 a second; botocore's adaptive mode slows these calls down when AWS throttles.
CALLS_AT_ONCE = 4
ITEM_FIELDS = ("id", "status", "claim", "claimed_at", "finished_at", "s3_key", "render_ms", "error_code")


@dataclass
class ExecutionEvidence:
    """An execution as ListExecutions shows it; times are epoch seconds, `stopped_at` is None while it runs."""

    name: str
    arn: str
    status: str
    started_at: float
    stopped_at: float | None


@dataclass
class Evidence:
    """Executions and object keys by execution name, items by id, and codes of dead letters by message id.

    `ends` holds the outputs or errors of executions that the rest does not explain, by execution name.
    """

    executions: dict[str, ExecutionEvidence]
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    dead_letters: dict[str, str] = field(default_factory=dict)
    ends: dict[str, dict[str, str]] = field(default_factory=dict)

    def commits(self) -> dict[str, set[str]]:
        """Returns, by id, the executions that committed a picture, each of which passed MarkSuccess.

        Either of two proofs is enough: the item names the execution as the owner of its picture; or the execution
        SUCCEEDED and an object lies under its name. Only MarkSuccess and skips succeed, and an execution that skips
        renders nothing.
        """
        commits: dict[str, set[str]] = defaultdict(set)
        for id_, item in self.items.items():
            if item["status"] == "success":
                commits[id_].add(item["claim"])
        for name, keys in self.keys.items():
            if name in self.executions and self.executions[name].status == "SUCCEEDED":
                commits[keys[0].split("/")[1]].add(name)
        return dict(commits)

    def uncommitted(self) -> list[str]:
        """Returns the keys of pictures that are stored but belong to no item: from attempts whose renderer was lost."""
        kept = {item.get("s3_key") for item in self.items.values()}
        return [key for keys in self.keys.values() for key in keys if key not in kept]


def executions(target: Target, prefix: str, since: float) -> tuple[dict[str, ExecutionEvidence], int]:
    """Returns the executions whose names begin with `prefix`, and the number of pages read; the newest come first."""
    pages = target.client("stepfunctions").get_paginator("list_executions")
    found: dict[str, ExecutionEvidence] = {}
    read = 0
    for page in pages.paginate(stateMachineArn=target.outputs["StateMachineArn"]):
        read += 1
        for entry in page["executions"]:
            if entry["name"].startswith(prefix):
                found[entry["name"]] = _execution(entry)
        if page["executions"] and page["executions"][-1]["startDate"].timestamp() < since:
            break
    return found, read


def _execution(entry: dict[str, Any]) -> ExecutionEvidence:
    stopped = entry.get("stopDate") if entry["status"] != "RUNNING" else None
    stopped_at = stopped.timestamp() if stopped else None
    return ExecutionEvidence(
        entry["name"], entry["executionArn"], entry["status"], entry["startDate"].timestamp(), stopped_at
    )


def gather(
    target: Target, found: dict[str, ExecutionEvidence], prefix: str, ids: Iterable[str], since: float
) -> Evidence:
    """Returns all evidence about a load test that has ended."""
    evidence = Evidence(found)
    evidence.items = items(target, sorted(set(ids)))
    evidence.keys = keys(target, prefix)
    evidence.dead_letters = take_dead_letters(target, prefix, since)
    committed = {name for names in evidence.commits().values() for name in names}
    unexplained = [one for one in found.values() if one.stopped_at is not None and one.name not in committed]
    evidence.ends = ends(target, unexplained)
    return evidence


def items(target: Target, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns the items of these ids with the fields the report needs, a hundred in a call."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), ITEMS_A_CALL):
        for item in _batch(target, ids[start : start + ITEMS_A_CALL]):
            found[item["id"]] = item
    return found


def _batch(target: Target, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    names = {f"#{place}": name for place, name in enumerate(ITEM_FIELDS)}
    wanted: dict[str, Any] = {
        target.outputs["TableName"]: {
            "Keys": [{"id": {"S": id_}} for id_ in ids],
            "ConsistentRead": True,
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
    }
    while wanted:
        answer = target.client("dynamodb").batch_get_item(RequestItems=wanted)
        for found in answer["Responses"].values():
            yield from (plain(item) for item in found)
        wanted = answer.get("UnprocessedKeys") or {}


def keys(target: Target, prefix: str) -> dict[str, list[str]]:
    """Returns the keys of the test's pictures, of task mode and of pool mode, by execution."""
    pages = target.client("s3").get_paginator("list_objects_v2")
    found: dict[str, list[str]] = defaultdict(list)
    for page in pages.paginate(Bucket=target.outputs["BucketName"], Prefix=f"shots/{prefix}"):
        for entry in page.get("Contents", []):
            shot = parse_shot_key(entry["Key"])
            if shot is not None:
                found[shot.execution].append(entry["Key"])
    return dict(found)


def take_dead_letters(target: Target, prefix: str, since: float) -> dict[str, str]:
    """Returns the codes of the test's own dead letters by message id, and deletes these letters from the queue.

    Dead letters of others stay.
    """
    found: dict[str, str] = {}
    with DeadLetters(target) as letters:
        for line in letters.lines(datetime.fromtimestamp(since - 60, UTC)):
            if line.id.startswith(prefix):
                message = letters.held.pop(line.message_id)
                original = message.get("MessageAttributes", {}).get("message_id", {}).get("StringValue")
                found[original or line.message_id] = line.error_code
                letters.sqs.delete_message(QueueUrl=letters.queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def ends(target: Target, unexplained: Sequence[ExecutionEvidence]) -> dict[str, dict[str, str]]:
    """Returns `{status, reason}` or `{status, error_code}` by execution name, with one DescribeExecution for each."""
    sfn = target.client("stepfunctions")
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        described = pool.map(lambda one: sfn.describe_execution(executionArn=one.arn), unexplained)
        return {execution["name"]: _end(execution) for execution in described}


def _end(execution: dict[str, Any]) -> dict[str, str]:
    if execution["status"] == "SUCCEEDED":
        output = json.loads(execution["output"])
        return {"status": output["status"], "reason": output.get("reason", "")}
    return {"status": "failed", "error_code": execution.get("error") or f"ExecutionEvidence.{execution['status']}"}
