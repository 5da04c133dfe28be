"""Writes files atomically: a reader never sees a partial file."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replaces the file by one with this text; the old file stays if that fails."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
