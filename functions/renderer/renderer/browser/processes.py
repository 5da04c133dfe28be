"""Reads the kernel's information about processes of this machine, and of one process group."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
# More than any of the files has that are read here.
MOST_BYTES = 65_536
TICKS = os.sysconf("SC_CLK_TCK")
# Positions of fields in `/proc/PID/stat` after the program's name, which proc(5) counts from 3.
USER_TICKS, SYSTEM_TICKS, THREADS = 11, 12, 17
RENDERER = b"--type=renderer"
# The processes with which all pages of a browser paint and load.
SERVICES = (b"--type=gpu-process", b"--type=utility")
RUNNING = b"R"
# In `/proc/PID/status`: memory without a file behind it, which only this process has, and memory files, which it may
# share.
ANONYMOUS, SHARED = b"RssAnon:", b"RssShmem:"


class Usage(NamedTuple):
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
        fields, status = _stat(process), _read(process, "status")
        # A process that has ended has no files.
        if fields and status:
            threads += int(fields[THREADS])
            ticks += int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])
            anonymous, shared = anonymous + _size(status, ANONYMOUS), max(shared, _size(status, SHARED))
    return Usage(anonymous + shared, threads, ticks / TICKS)


def lower_priority_of_pages(group: int, nice: int) -> None:
    """Lowers the priority of the processes in which a browser runs pages; they end with their page."""
    for process in members(group):
        with suppress(OSError):
            if RENDERER in _read(process, "cmdline"):
                # Linux keeps a priority for each thread; a new thread takes that of the one that starts it.
                for thread in os.listdir(PROC / str(process) / "task"):
                    os.setpriority(os.PRIO_PROCESS, int(thread), nice)


def services_rest(group: int) -> bool:
    """Whether all threads of a browser's GPU and network processes are idle now."""
    return not any(_works(one) for one in members(group) if _is_service(_read(one, "cmdline")))


def members(group: int) -> Iterator[int]:
    """Yields the processes of the group, including zombies."""
    for process in processes():
        try:
            its = os.getpgid(process)
        except OSError:
            continue  # it has ended
        if its == group:
            yield process


def processes() -> Iterator[int]:
    """Yields the ids of all processes; none without /proc."""
    for entry in os.listdir(PROC) if PROC.is_dir() else ():
        if entry.isdigit():
            yield int(entry)


def _is_service(command_line: bytes) -> bool:
    return any(kind in command_line for kind in SERVICES)


def _works(process: int) -> bool:
    try:
        threads = os.listdir(f"/proc/{process}/task")
    except OSError:
        return False
    return any(_stat(process, f"task/{thread}/stat")[:1] == [RUNNING] for thread in threads)


def _stat(process: int, name: str = "stat") -> list[bytes]:
    """Returns the fields after the program's name; none when the process or thread has ended."""
    return _read(process, name).rpartition(b")")[2].split()


def _size(status: bytes, name: bytes) -> int:
    """Returns the bytes of one kind of memory; 0 for a zombie, which has none."""
    _, found, rest = status.partition(name)
    return int(rest.split(None, 1)[0]) * 1024 if found else 0


def _read(process: int, name: str) -> bytes:
    """Returns a file of /proc; empty when the process has ended.

    These files are read for each picture, some forty of them, and `Path` would take most of the time.
    """
    try:
        file = os.open(f"/proc/{process}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(file, MOST_BYTES)
    except OSError:
        return b""
    finally:
        os.close(file)
