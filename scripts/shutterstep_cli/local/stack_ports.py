"""The ports of this machine that no rendered page may reach: the embedded AWS's and each console's.

A folder of the local stack has a file for each, named after the port; it holds the id of the process that listens.
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
    """No page reaches this port of this process as long as it serves."""
    close_port(folder, port, os.getpid())
    try:
        yield
    finally:
        (folder / str(port)).unlink(missing_ok=True)


def forget_ended(folder: Path) -> None:
    """Remove the files of processes that ended without removing theirs."""
    for file in folder.glob("*"):
        pid = file.read_text("utf-8")
        if not (pid.isdigit() and Path(f"/proc/{pid}").exists()):
            file.unlink()


def closed_ports(folder: Path) -> list[int]:
    """Those that are closed now; the console's usual port is one of them whether a console runs or not."""
    return sorted({CONSOLE_PORT, *(int(file.name) for file in folder.glob("*"))})
