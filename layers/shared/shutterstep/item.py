"""The DynamoDB item: one for each id (table key `id`), written by the workflow, read by the tools."""

from typing import Literal, NotRequired, TypedDict

Status = Literal["processing", "success", "failed"]

INDEX_UNFINISHED = "unfinished"


class Item(TypedDict):
    """One item. Times are ISO 8601 UTC with milliseconds, so they sort as text; `expires_at` is in epoch seconds."""

    id: str
    status: Status
    claim: str
    execution_arn: str
    claimed_at: str
    lease_expires_at: str
    attempts: int
    request_hash: str
    url: str
    expires_at: int
    unfinished_shard: NotRequired[int]
    s3_bucket: NotRequired[str]
    s3_key: NotRequired[str]
    content_type: NotRequired[str]
    bytes: NotRequired[int]
    width: NotRequired[int]
    height: NotRequired[int]
    sha256: NotRequired[str]
    final_url: NotRequired[str]
    http_status: NotRequired[int]
    title: NotRequired[str]
    render_ms: NotRequired[int]
    details: NotRequired[str]  # JSON
    finished_at: NotRequired[str]
    error_code: NotRequired[str]
    error_message: NotRequired[str]


RESULT_FIELDS = (
    "s3_bucket", "s3_key", "content_type", "bytes", "width", "height", "sha256",
    "final_url", "http_status", "title", "render_ms",
)  # fmt: skip
