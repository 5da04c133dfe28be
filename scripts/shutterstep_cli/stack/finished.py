"""Finished items: no index has them, so the whole table is read page by page, with a count of what that costs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shutterstep_cli.stack.items import plain
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.history import text_of


@dataclass
class Reading:
    """How far a scan is: items read, read units consumed, and the approximate number of items in the table."""

    items: int = 0
    units: float = 0
    of: int = 0

    def __str__(self) -> str:
        about = f" of about {self.of:,}" if self.of > self.items else ""
        return f"{self.items:,} items read{about}, {self.units:,.0f} read units"


def finished(
    target: Target, since: datetime | None, reading: Reading, on_page: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """Yields the items with a picture that finished after `since`, in no order.

    DynamoDB filters after reading, so this reads every item of the table, 1 MB a call. `reading` is updated with each
    call; a caller that stops early pays only for what it counts.
    """
    client, table = target.client("dynamodb"), target.outputs["TableName"]
    reading.of = client.describe_table(TableName=table)["Table"].get("ItemCount", 0)
    values = {":success": {"S": "success"}} | ({":since": {"S": text_of(since)}} if since else {})
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="#status = :success" + (" AND finished_at >= :since" if since else ""),
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=values,
        ReturnConsumedCapacity="TOTAL",
    )
    for page in pages:
        reading.items += page.get("ScannedCount", 0)
        reading.units += page.get("ConsumedCapacity", {}).get("CapacityUnits", 0)
        on_page()
        yield from map(plain, page["Items"])
