"""The containers of render tasks that an embedded AWS leaves behind when it is killed, or ended while one starts."""

import os
import socket
from contextlib import suppress


def remove_containers(port: int) -> int:
    """Removes every container of the embedded AWS at that port, which must have ended; says how many there were.

    Without an engine that answers there is none to remove: they end with their engine.
    """
    import docker  # slow to import, and only a stack of containers needs it
    from docker.errors import DockerException

    removed = 0
    with suppress(DockerException, OSError):
        engine = docker.from_env(timeout=60)
        # The label that the emulator gives all of its containers: the address that only one process can hold.
        label = f"ministack.instance={os.environ.get('MINISTACK_HOSTNAME') or socket.gethostname()}:{port}"
        for container in engine.containers.list(all=True, filters={"label": label}):
            with suppress(DockerException):  # its own end was faster
                container.remove(v=True, force=True)
            removed += 1
    return removed
