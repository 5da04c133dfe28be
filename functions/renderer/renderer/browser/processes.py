"""What the kernel says of the processes of this machine, and of those of one group."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")


def private_memory(group: int) -> int:
    """Bytes of memory that the group's processes share with nobody; 0 where there is no /proc."""
    return sum(map(_private, members(group)))


def members(group: int) -> Iterator[int]:
    """The processes of the group, zombies among them."""
    for process in processes():
        with suppress(OSError):
            if os.getpgid(process) == group:
                yield process


def processes() -> Iterator[int]:
    """The ids of all processes; none where there is no /proc."""
    for entry in os.listdir(PROC) if PROC.is_dir() else ():
        if entry.isdigit():
            yield int(entry)


def _private(process: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        _, resident, shared = (PROC / str(process) / "statm").read_text().split()[:3]
        return (int(resident) - int(shared)) * PAGE
    return 0
