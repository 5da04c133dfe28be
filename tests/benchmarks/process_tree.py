"""What a process and all its descendants cost: CPU seconds, memory, zombies. Read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Process:
    """One line of the table; `cpu` in seconds, its own and that of the children it has reaped."""

    id: int
    parent: int
    state: str
    cpu: float


def tree(root: int) -> list[Process]:
    """The process and its descendants."""
    table = {process.id: process for process in map(_read, _numbers()) if process}
    children: dict[int, list[int]] = {}
    for process in table.values():
        children.setdefault(process.parent, []).append(process.id)
    found, todo = [], [root]
    while todo:
        number = todo.pop()
        if number in table:
            found.append(table[number])
        todo += children.get(number, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of the tree, ended and reaped descendants included."""
    return sum(process.cpu for process in tree(root))


def memory_bytes(root: int) -> int:
    """Memory of the tree that its processes share with nobody, and its share of what they do (PSS)."""
    return sum(_pss(process.id) for process in tree(root))


def zombies(root: int) -> int:
    """Ended descendants that nobody has reaped."""
    return sum(process.state == "Z" for process in tree(root))


def _numbers() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _read(number: int) -> Process | None:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return Process(number, int(fields[1]), fields[0], sum(map(int, fields[11:15])) / TICKS)


def _pss(number: int) -> int:
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
