"""The local stack's root key: random, new at each start of the embedded AWS, readable by its owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class RootKey:
    """The operator's credentials on one local stack."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


def create_root_key(file: Path) -> RootKey:
    """Writes a new random key to `file` with mode 0600, replacing an older one; returns it."""
    key = RootKey(f"LKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
        json.dump(asdict(key), written)
    return key


def read_root_key(file: Path) -> RootKey:
    """Returns the key in `file`. Raises FileNotFoundError."""
    return RootKey(**json.loads(file.read_text("utf-8")))
