"""Removes containers of render tasks that an embedded AWS left behind when it was killed or ended too early."""

import os
import socket
import time
from contextlib import suppress
from typing import Any

PASSES, PAUSE_SECONDS = 20, 0.5


def remove_containers(port: int) -> list[str]:
    """Removes every container of the embedded AWS at that port, which must have ended; returns the ids of those that
    stay.

    Without an engine that answers there is nothing to remove: containers end with their engine.
    """
    import docker  # slow to import, and only a stack of containers needs it
    from docker.errors import DockerException

    left: list[str] = []
    with suppress(DockerException, OSError):
        engine = docker.from_env(timeout=60)
        # A container that is being started or removed appears or disappears a moment later.
        for _ in range(PASSES):
            left = [container.id for container in _of(engine, port) if not _removed(container, DockerException)]
            if not left and not _of(engine, port):
                break
            time.sleep(PAUSE_SECONDS)
    return left


def _of(engine: Any, port: int) -> list[Any]:
    """Returns the containers with the emulator's label: its address, which only one process can have."""
    address = f"{os.environ.get('MINISTACK_HOSTNAME') or socket.gethostname()}:{port}"
    return engine.containers.list(all=True, filters={"label": f"ministack.instance={address}"}, ignore_removed=True)


def _removed(container: Any, error: type[Exception]) -> bool:
    try:
        container.remove(v=True, force=True)
    except error:  # it is being removed, or has just ended by itself
        return False
    return True
