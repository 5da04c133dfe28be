"""The names made from a request: its id, the execution of its message, the keys in the bucket."""

import hashlib
import re
from typing import NamedTuple

from shutterstep.request import Request, request_hash

# A state machine's execution name holds 80 characters: 42 of the id, "--", 36 of the SQS message id.
ID_IN_EXECUTION_NAME = 42

# Partitions of the index `unfinished`.
SHARDS = 10

# Of at most two digits, which a message id never ends with; pool mode adds eight hexadecimal digits of the delivery.
SHOT_KEY = re.compile(r"shots/(?P<id>[^/]+)/(?P<execution>[^/]+)-(?P<attempt>\d{1,2})(?:-[0-9a-f]{8})?\.\w+")

EXTENSIONS = {"png": "png", "jpeg": "jpg", "webp": "webp", "pdf": "pdf"}


def id_of(request: Request) -> str:
    """The request's own id, or the SHA-256 (64 hex characters) of its canonical form."""
    return request.get("id") or request_hash(request)


def execution_name(id_: str, message_id: str) -> str:
    """`<id>--<message id>`: a message delivered twice names the same execution, so it starts only one."""
    return f"{_shortened(id_)}--{message_id}"


def _shortened(id_: str) -> str:
    if len(id_) <= ID_IN_EXECUTION_NAME:
        return id_
    return hashlib.sha256(id_.encode()).hexdigest()[:ID_IN_EXECUTION_NAME]


def request_key(execution: str) -> str:
    """Where a request lies that the execution carries by reference."""
    return f"requests/{execution}.json"


class ShotKey(NamedTuple):
    """What the key of a picture says: the item's id, the execution's name and the number of its attempt, from 0."""

    id: str
    execution: str
    attempt: int


def parse_shot_key(key: str) -> ShotKey | None:
    """The parts of `shots/<id>/<execution>-<attempt>.<extension>` or, in pool mode, `…-<attempt>-<8 hex>.<extension>`.

    None for any other key.
    """
    found = SHOT_KEY.fullmatch(key)
    return ShotKey(found["id"], found["execution"], int(found["attempt"])) if found else None


def unfinished_shard(id_: str) -> int:
    """The item's partition of the index `unfinished`: several of them, so that none becomes a hot key."""
    return hashlib.sha256(id_.encode()).digest()[0] % SHARDS
