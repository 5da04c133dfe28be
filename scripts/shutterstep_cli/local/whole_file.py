"""Files that are whole or not there: a reader never sees one half written."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Puts a file with this text in the place of the one that was there; the old one stays when that fails."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
