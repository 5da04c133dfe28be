"""Reads the kernel's information about processes of this machine, and of one process group."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
# Positions of fields in `/proc/PID/stat` after the program's name, which proc(5) counts from 3.
USER_TICKS, SYSTEM_TICKS, THREADS = 11, 12, 17
RENDERER = b"--type=renderer"
# The processes with which all pages of a browser paint and load.
SERVICES = (b"--type=gpu-process", b"--type=utility")
RUNNING = b"R"


@dataclass(frozen=True)
class Usage:
    """What the processes of a group use: bytes of memory, threads, and seconds of CPU since their start.

    `memory` is memory without a file behind it. Of shared parts, those of the process with the most are counted.
    """

    memory: int = 0
    threads: int = 0
    cpu_seconds: float = 0


def usage(group: int) -> Usage:
    """Returns what a group uses now; zeros without /proc."""
    anonymous, shared, threads, ticks = 0, 0, 0, 0
    for process in members(group):
        # A zombie has no memory, and a process that has ended has no files.
        with suppress(OSError, ValueError, IndexError, KeyError):
            fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
            threads += int(fields[THREADS])
            ticks += int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])
            own, with_others = _memory(process)
            anonymous, shared = anonymous + own, max(shared, with_others)
    return Usage(anonymous + shared, threads, ticks / TICKS)


def lower_priority_of_pages(group: int, nice: int) -> None:
    """Lowers the priority of the processes in which a browser runs pages; they end with their page."""
    for process in members(group):
        with suppress(OSError):
            if RENDERER in _command_line(process):
                # Linux keeps a priority for each thread; a new thread takes that of the one that starts it.
                for thread in os.listdir(PROC / str(process) / "task"):
                    os.setpriority(os.PRIO_PROCESS, int(thread), nice)


def services_rest(group: int) -> bool:
    """Whether all threads of a browser's GPU and network processes are idle now."""
    return not any(map(_works, (one for one in members(group) if any(map(_command_line(one).__contains__, SERVICES)))))


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


def _command_line(process: int) -> bytes:
    with suppress(OSError):
        return (PROC / str(process) / "cmdline").read_bytes()
    return b""


def _works(process: int) -> bool:
    with suppress(OSError):
        for thread in (PROC / str(process) / "task").iterdir():
            if (thread / "stat").read_bytes().rpartition(b")")[2].split()[0] == RUNNING:
                return True
    return False


def _memory(process: int) -> tuple[int, int]:
    """Returns the bytes that only this process has, and the bytes of memory files, which it may share."""
    lines = (PROC / str(process) / "status").read_text().splitlines()
    sizes = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return int(sizes["RssAnon"].split()[0]) * 1024, int(sizes["RssShmem"].split()[0]) * 1024
