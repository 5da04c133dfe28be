"""Reads items of the table by id, or from the sparse index of unfinished items; scans are in `finished`."""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from shutterstep.ids import SHARDS
from shutterstep.item import INDEX_UNFINISHED, RESULT_FIELDS
from shutterstep_cli.stack.target import Target

BATCH = 100  # most keys in one call of BatchGetItem


def item_of(target: Target, id_: str) -> dict[str, Any]:
    """Returns the item of an id as plain values; empty if there is none."""
    table = target.outputs["TableName"]
    answer = target.client("dynamodb").get_item(TableName=table, Key={"id": {"S": id_}}, ConsistentRead=True)
    return plain(answer.get("Item", {}))


def read_items(target: Target, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Returns the existing items by id: one call for each 100 ids, and again for those that DynamoDB left unread."""
    table, dynamodb = target.outputs["TableName"], target.client("dynamodb")
    keys = [{"id": {"S": id_}} for id_ in dict.fromkeys(ids)]
    found: dict[str, dict[str, Any]] = {}
    while keys:
        request = {table: {"Keys": keys[:BATCH], "ConsistentRead": True}}
        answer = dynamodb.batch_get_item(RequestItems=request)
        left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        keys = left + keys[BATCH:]
        found |= {item["id"]: item for item in map(plain, answer["Responses"].get(table, []))}
        if left:
            time.sleep(0.2)
    return found


def items_by_id(target: Target, ids: list[str]) -> list[dict[str, Any]]:
    """Returns the existing items, in the order of the ids."""
    found = read_items(target, ids)
    return [found[id_] for id_ in ids if id_ in found]


def unfinished(target: Target) -> Iterator[dict[str, Any]]:
    """Yields every processing or failed item, shard by shard, the longest claimed first in each shard."""
    pages = target.client("dynamodb").get_paginator("query")
    for shard in range(SHARDS):
        found = pages.paginate(
            TableName=target.outputs["TableName"],
            IndexName=INDEX_UNFINISHED,
            KeyConditionExpression="unfinished_shard = :shard",
            ExpressionAttributeValues={":shard": {"N": str(shard)}},
        )
        yield from (plain(item) for item in found.search("Items[]"))


def is_stuck(item: dict[str, Any]) -> bool:
    """Whether its owner's lease has expired, so that the next message with the id takes it over."""
    expires = datetime.fromisoformat(item["lease_expires_at"])
    return item["status"] == "processing" and expires < datetime.now(UTC)


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Returns a DynamoDB item as plain texts and whole numbers."""
    values = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
    return {name: value if isinstance(value, str) else int(value) for name, value in values.items()}


def result_of(source: dict[str, Any]) -> dict[str, Any]:
    """Returns the result in an execution's output or in an item, whose details are JSON text."""
    details = source.get("details")
    parsed = json.loads(details) if isinstance(details, str) else details
    return {name: source.get(name) for name in RESULT_FIELDS} | {"details": parsed}
