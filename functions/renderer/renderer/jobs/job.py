"""The job that a workflow gives: which token waits, what to render, and where to store the picture."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shutterstep.errors import InvalidRequestError


class TokenMissingError(ValueError):
    """The job has no task token, so nobody can be told how it ended."""


@dataclass(frozen=True)
class ObjectAddress:
    """The bucket and key of an object in S3."""

    bucket: str
    key: str


@dataclass(frozen=True)
class Job:
    """One render. Exactly one of `request` and `request_reference` is set; repr never shows the token."""

    token: str = field(repr=False)
    output: ObjectAddress
    request: Mapping[str, Any] | None = field(default=None, repr=False)
    request_reference: ObjectAddress | None = None
    id: str | None = None
    claim: str | None = None


def read_token(text: str) -> str:
    """Returns the task token alone, so that an otherwise invalid job can still be answered.

    Raises TokenMissingError.
    """
    try:
        token = json.loads(text)["token"]
    except (ValueError, KeyError, TypeError) as exc:
        raise TokenMissingError("JOB is not a JSON object with a token") from exc
    if not isinstance(token, str) or not token:
        raise TokenMissingError("the token in JOB is not a text")
    return token


def parse_job(text: str) -> Job:
    """Returns the job. Raises TokenMissingError when nobody can be answered, InvalidRequestError for other faults."""
    token = read_token(text)
    document = json.loads(text)
    request, reference = document.get("request"), document.get("request_reference")
    if (request is None) == (reference is None):
        raise InvalidRequestError("the job needs either `request` or `request_reference`", field="request")
    if request is not None and not isinstance(request, dict):
        raise InvalidRequestError("the job's `request` is not an object", field="request")
    return Job(
        token=token,
        output=_address(document.get("output"), "output"),
        request=request,
        request_reference=None if reference is None else _address(reference, "request_reference"),
        id=_text(document.get("id")),
        claim=_text(document.get("claim")),
    )


def with_key_of_its_own(text: str) -> str:
    """Returns the job with an output key that no other start or delivery of it has.

    A RunTask call may be sent twice, SQS may deliver a job twice, a redriven execution counts its attempts from 0
    again, and a renderer that was thought dead may still write. With the same key its picture would replace the one
    whose SHA-256 is in the item.
    """
    try:
        job = json.loads(text)
        stem, dot, extension = job["output"]["key"].rpartition(".")
        job["output"]["key"] = f"{stem}-{secrets.token_hex(4)}{dot}{extension}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return text  # parse_job reports what is wrong
    return json.dumps(job)


def _address(value: object, name: str) -> ObjectAddress:
    if isinstance(value, dict):
        bucket, key = value.get("bucket"), value.get("key")
        if isinstance(bucket, str) and isinstance(key, str) and bucket and key:
            return ObjectAddress(bucket, key)
    raise InvalidRequestError(f"the job's `{name}` needs a bucket and a key", field=name)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
