"""Ports that stay closed on every address of this machine and its networks, whatever else is allowed."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ClosedPorts:
    """Port numbers, and folders with a file for each port; listeners may start and end while pages render."""

    numbers: frozenset[int] = frozenset()
    folders: tuple[Path, ...] = ()

    def __contains__(self, port: int) -> bool:
        return port in self.numbers or any((folder / str(port)).exists() for folder in self.folders)


def parse_closed_ports(text: str) -> ClosedPorts:
    """Returns the ports and absolute folder paths of a comma-separated list.

    Raises ValueError, which names the entry.
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    folders = tuple(Path(entry) for entry in entries if entry.startswith("/"))
    numbers = [entry for entry in entries if not entry.startswith("/")]
    if wrong := next((entry for entry in numbers if not (entry.isascii() and entry.isdigit())), None):
        raise ValueError(f"EGRESS_CLOSED_PORTS has the entry {wrong!r}; write a port or the path of a folder")
    return ClosedPorts(frozenset(map(int, numbers)), folders)
