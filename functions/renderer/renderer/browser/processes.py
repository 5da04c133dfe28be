"""Reads the kernel's information about processes of this machine, and of one process group."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")


def private_memory(group: int) -> int:
    """Returns the bytes of memory that the group's processes share with nobody; 0 without /proc."""
    return sum(map(_private, members(group)))


def members(group: int) -> Iterator[int]:
    """Yields the processes of the group, including zombies."""
    for process in processes():
        with suppress(OSError):
            if os.getpgid(process) == group:
                yield process


def processes() -> Iterator[int]:
    """Yields the ids of all processes; none without /proc."""
    for entry in os.listdir(PROC) if PROC.is_dir() else ():
        if entry.isdigit():
            yield int(entry)


def _private(process: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        _, resident, shared = (PROC / str(process) / "statm").read_text().split()[:3]
        return (int(resident) - int(shared)) * PAGE
    return 0
