"""The ports of this machine that no rendered page may reach: the embedded AWS's and each console's.

A folder of the local stack has a file for each port, named after it, with the id of the listening process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONSOLE_PORT = 8377


def close_port(folder: Path, port: int, pid: int) -> None:
    """From now on, no page reaches this port."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(port)).write_text(str(pid), "utf-8")


@contextmanager
def closed_port(folder: Path, port: int) -> Iterator[None]:
    """Closes this process's port to pages while the context is open."""
    close_port(folder, port, os.getpid())
    try:
        yield
    finally:
        (folder / str(port)).unlink(missing_ok=True)


def forget_ended(folder: Path) -> None:
    """Removes the files of processes that ended without removing them."""
    for file in folder.glob("*"):
        pid = file.read_text("utf-8")
        if not (pid.isdigit() and Path(f"/proc/{pid}").exists()):
            file.unlink()


def closed_ports(folder: Path) -> list[int]:
    """Returns the closed ports; the console's usual port is always one of them."""
    return sorted({CONSOLE_PORT, *(int(file.name) for file in folder.glob("*"))})
