"""The names made from a request: its id, the name of its message's execution, the keys in the bucket."""

import hashlib
import re
from typing import NamedTuple

from shutterstep.request import Request, request_hash

# A state machine's execution name holds 80 characters: 42 of the id, "--", 36 of the SQS message id.
ID_IN_EXECUTION_NAME = 42

# Number of partitions of the index `unfinished`. Chosen, not measured.
SHARDS = 10

# The attempt has at most two digits; a message id never ends with a dash and so few. Pool mode adds eight hexadecimal
# digits for the delivery.
SHOT_KEY = re.compile(r"shots/(?P<id>[^/]+)/(?P<execution>[^/]+)-(?P<attempt>\d{1,2})(?:-[0-9a-f]{8})?\.\w+")

EXTENSIONS = {"png": "png", "jpeg": "jpg", "webp": "webp", "pdf": "pdf"}


def id_of(request: Request) -> str:
    """Returns the request's own id, or else the SHA-256 of its canonical form (64 hexadecimal characters)."""
    return request.get("id") or request_hash(request)


def execution_name(id_: str, message_id: str) -> str:
    """Returns `<id>--<message id>`. A message delivered twice gives the same name, so only one execution starts."""
    return f"{_shortened(id_)}--{message_id}"


def _shortened(id_: str) -> str:
    if len(id_) <= ID_IN_EXECUTION_NAME:
        return id_
    return hashlib.sha256(id_.encode()).hexdigest()[:ID_IN_EXECUTION_NAME]


def request_key(execution: str) -> str:
    """Returns the bucket key of a request that is too large, or too secret, for the execution's input."""
    return f"requests/{execution}.json"


class ShotKey(NamedTuple):
    """The parts of a picture's key: the item's id, the execution's name, and the number of its attempt, from 0."""

    id: str
    execution: str
    attempt: int


def parse_shot_key(key: str) -> ShotKey | None:
    """Returns the parts of `shots/<id>/<execution>-<attempt>.<extension>`; None for any other key.

    In pool mode eight hexadecimal digits follow the attempt: `…-<attempt>-<8 hex>.<extension>`.
    """
    found = SHOT_KEY.fullmatch(key)
    return ShotKey(found["id"], found["execution"], int(found["attempt"])) if found else None


def unfinished_shard(id_: str) -> int:
    """Returns the item's partition of the index `unfinished`. There are several, so that none becomes a hot key."""
    return hashlib.sha256(id_.encode()).digest()[0] % SHARDS
