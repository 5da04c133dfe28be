"""The AWS clients, made in a thread: loading them takes longer than Chromium takes to start."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Later:
    """A client that is still being made in a thread. A call waits for it, so only threads that may block use it."""

    def __init__(self, client: "Future[Any]") -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.result(), name)


def start_clients(*services: str) -> Mapping[str, Later]:
    """The clients of these services, made one after the other from now on."""
    # One thread: making clients is Python code, so two threads would only take turns.
    maker = ThreadPoolExecutor(1, "aws")
    session = maker.submit(_session)
    clients = {service: Later(maker.submit(_client, session, service)) for service in services}
    maker.shutdown(wait=False)
    return clients


def _session() -> Any:
    # botocore instead of boto3, which gives the same clients but first loads its resources and transfers.
    from botocore.session import get_session

    return get_session()


def _client(session: "Future[Any]", service: str) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 5},
        max_pool_connections=50,
    )
    return session.result().create_client(service, config=config)
