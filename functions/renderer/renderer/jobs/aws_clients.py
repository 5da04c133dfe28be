"""AWS clients made in a thread, because loading them takes longer than starting Chromium."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Later:
    """A client that a thread is still making. A call waits for it, so only threads that may block may use it."""

    def __init__(self, client: "Future[Any]") -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.result(), name)


def start_clients(*services: str) -> Mapping[str, Later]:
    """Starts to make the clients of these services, one after the other, and returns them."""
    # One thread, because making clients is Python code: two threads would only take turns.
    maker = ThreadPoolExecutor(1, "aws")
    session = maker.submit(_session, services)
    clients = {service: Later(maker.submit(_client, session, service)) for service in services}
    maker.shutdown(wait=False)
    return clients


def _session(services: Sequence[str]) -> Any:
    from renderer.jobs.aws_models import session_for

    return session_for(services)


def _client(session: "Future[Any]", service: str) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 5},
        max_pool_connections=50,
    )
    return session.result().create_client(service, config=config)
