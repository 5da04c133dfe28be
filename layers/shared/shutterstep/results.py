"""`result`: tells a producer what became of an id: its picture, or why there is none yet."""

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shutterstep.item import Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE_VARIABLE = "TABLE_NAME"


@dataclass(frozen=True)
class PictureResult:
    """The state of an id: `status` is processing, success or failed.

    Without a picture its fields are None; with one, the error's fields are None. `bytes` is the file size, `width` and
    `height` are pixels (points for a pdf), `finished_at` is ISO 8601 UTC.
    """

    id: str
    status: Status
    url: str
    s3_bucket: str | None = None
    s3_key: str | None = None
    content_type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    final_url: str | None = None
    http_status: int | None = None
    title: str | None = None
    render_ms: int | None = None
    finished_at: str | None = None
    error_code: str | None = None
    error_message: str | None = None


def result(id_: str, *, table_name: str | None = None, client: "DynamoDBClient | None" = None) -> PictureResult | None:
    """Returns the state of an id in the table; None if it was never claimed, or its item has expired.

    Makes one consistent read and needs `dynamodb:GetItem`. `table_name` is the stack's output TableName; None reads the
    variable TABLE_NAME.

    Raises:
        ValueError: no table is named.
        botocore.exceptions.ClientError: DynamoDB refused.
    """
    table = table_name or os.environ.get(TABLE_VARIABLE)
    if not table:
        raise ValueError(f"give table_name, or set {TABLE_VARIABLE}, to the stack's output TableName")
    answer = (client or _client()).get_item(TableName=table, Key={"id": {"S": id_}}, ConsistentRead=True)
    item = {name: _plain(value) for name, value in answer.get("Item", {}).items()}
    if not item or item.get("expires_at", time.time() + 1) <= time.time():
        return None
    return PictureResult(**{name: item[name] for name in PictureResult.__annotations__ if name in item})


def _plain(value: Any) -> Any:
    """Returns DynamoDB's typed value as a text or a whole number; the table has no others."""
    return int(value["N"]) if "N" in value else value.get("S")


def _client() -> "DynamoDBClient":
    import boto3

    return boto3.client("dynamodb")
