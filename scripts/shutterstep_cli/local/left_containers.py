"""The containers of render tasks that an embedded AWS leaves behind when it is killed, or ended while one starts."""

import os
import socket
import time
from contextlib import suppress
from typing import Any

PASSES, PAUSE_SECONDS = 20, 0.5


def remove_containers(port: int) -> list[str]:
    """Removes every container of the embedded AWS at that port, which must have ended; gives the ids of what stays.

    Without an engine that answers there is none to remove: they end with their engine.
    """
    import docker  # slow to import, and only a stack of containers needs it
    from docker.errors import DockerException

    left: list[str] = []
    with suppress(DockerException, OSError):
        engine = docker.from_env(timeout=60)
        # One that an engine was just asked for, or is just removing, shows or goes only a moment later.
        for _ in range(PASSES):
            left = [container.id for container in _of(engine, port) if not _removed(container, DockerException)]
            if not left and not _of(engine, port):
                break
            time.sleep(PAUSE_SECONDS)
    return left


def _of(engine: Any, port: int) -> list[Any]:
    """By the label that the emulator gives them: the address that only one process can hold."""
    address = f"{os.environ.get('MINISTACK_HOSTNAME') or socket.gethostname()}:{port}"
    return engine.containers.list(all=True, filters={"label": f"ministack.instance={address}"}, ignore_removed=True)


def _removed(container: Any, error: type[Exception]) -> bool:
    try:
        container.remove(v=True, force=True)
    except error:  # it is being removed, or its own end was faster
        return False
    return True
