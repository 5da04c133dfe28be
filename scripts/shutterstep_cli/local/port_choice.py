"""Chooses the local stack's port: the one asked for, else the last one, else the usual one, else a free one."""

import json
import socket
from pathlib import Path


class PortTakenError(Exception):
    """The port that was asked for belongs to another process."""


def ask_for(folder: Path, port: int) -> None:
    """From now on, the stack of this folder starts at that port or not at all."""
    _write(folder, port, asked=True)


def choose_port(folder: Path, usual: int) -> int:
    """Returns a free port of loopback, remembered for the next start; `usual` 0 means any. Raises PortTakenError."""
    file = folder / "port.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {"port": usual, "asked": False}
    if known["asked"]:
        if not _is_free(known["port"]):
            raise PortTakenError(f"port {known['port']} is in use; choose another: shutterstep local up --port N")
        return known["port"]
    port = next((port for port in (known["port"], usual) if port and _is_free(port)), 0) or _any_free()
    _write(folder, port, asked=False)
    return port


def _write(folder: Path, port: int, *, asked: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "port.json").write_text(json.dumps({"port": port, "asked": asked}), "utf-8")


def _is_free(port: int) -> bool:
    """Whether the port is free, ignoring connections of a stack that just ended (TIME_WAIT, for a minute)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
