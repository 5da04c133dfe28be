"""Reads the request from S3, stores the picture in S3, and reports the outcome to the workflow."""

import base64
import hashlib
import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from renderer.jobs.job import ObjectAddress
from renderer.page.render import Picture
from shutterstep.errors import InvalidRequestError, RenderError, StorageFailedError

# The error codes with which Step Functions says that nobody waits for the token any more.
TOKEN_GONE = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")

# A cause may have 32,768 characters; a message of this length stays below that even with every character escaped.
MESSAGE_LENGTH = 4096
FIELD_LENGTH = 256


class TokenGoneError(Exception):
    """The workflow no longer waits for this render."""


class Storage:
    """The bucket; `s3` is a boto3 S3 client, whose own retries are the only ones."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def read_request(self, address: ObjectAddress) -> dict[str, Any]:
        """Returns the request that a job points to.

        Raises StorageFailedError, or InvalidRequestError if it is no JSON object.
        """
        try:
            body = self._s3.get_object(Bucket=address.bucket, Key=address.key)["Body"].read()
            request = json.loads(body)
        except (ClientError, BotoCoreError) as exc:
            raise StorageFailedError(f"the request could not be read: {_reason(exc)}") from exc
        except ValueError as exc:
            raise InvalidRequestError("the stored request is not JSON") from exc
        if not isinstance(request, dict):
            raise InvalidRequestError("the stored request is not a JSON object")
        return request

    def write_picture(self, picture: Picture, address: ObjectAddress) -> dict[str, Any]:
        """Stores the picture, with its SHA-256 checked by S3; returns the item's result. Raises StorageFailedError."""
        digest = hashlib.sha256(picture.body)
        try:
            self._s3.put_object(
                Bucket=address.bucket,
                Key=address.key,
                Body=picture.body,
                ContentType=picture.content_type,
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
            )
        except (ClientError, BotoCoreError) as exc:
            raise StorageFailedError(f"the picture could not be stored: {_reason(exc)}") from exc
        return {
            "s3_bucket": address.bucket,
            "s3_key": address.key,
            "content_type": picture.content_type,
            "bytes": len(picture.body),
            "width": picture.width,
            "height": picture.height,
            "sha256": digest.hexdigest(),
            "final_url": picture.final_url,
            "http_status": picture.http_status,
            "title": picture.title,
            "render_ms": picture.render_ms,
            "details": picture.details,
        }


class Workflow:
    """The waiting execution; `states` is a boto3 Step Functions client. Each call may raise TokenGoneError."""

    def __init__(self, states: Any, token: str) -> None:
        self._states = states
        self._token = token

    def heartbeat(self) -> None:
        """Reports that the render continues. Raises botocore's errors, except for a token that is gone."""
        self._send(self._states.send_task_heartbeat)

    def succeed(self, result: dict[str, Any]) -> None:
        """Reports success with the result fields of the item."""
        self._send(self._states.send_task_success, output=_json(result))

    def fail(self, error: RenderError) -> None:
        """Reports failure with the error code, the message and, if known, the field at fault."""
        cause = {"message": error.message[:MESSAGE_LENGTH]}
        if isinstance(error, InvalidRequestError) and error.field:
            cause["field"] = error.field[:FIELD_LENGTH]
        self._send(self._states.send_task_failure, error=error.code, cause=_json(cause))

    def _send(self, call: Any, **fields: str) -> None:
        try:
            call(taskToken=self._token, **fields)
        except ClientError as exc:
            if _reason(exc) in TOKEN_GONE:
                raise TokenGoneError("nobody waits for this render any more") from exc
            raise


def _json(document: dict[str, Any]) -> str:
    """Returns JSON that can be sent: an unpaired surrogate, which a page can contain, becomes U+FFFD."""
    return json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _reason(error: ClientError | BotoCoreError) -> str:
    """Returns the service's error code, or an error's name without an answer; never text that may hold addresses."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__
