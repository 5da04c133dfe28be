"""The whole stack with a container of the image for each render task. `make test-image` builds the image and sets its
name.

Without a name in SHUTTERSTEP_IMAGE these tests are skipped; with one, a missing engine or image is a failure.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import docker
import pytest

from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own

IMAGE = os.environ.get("SHUTTERSTEP_IMAGE", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not IMAGE and item.path.parent.name == "image":
            item.add_marker(pytest.mark.skip(reason="no image is named; run: make test-image"))


@pytest.fixture(scope="session")
def engine() -> Any:
    client = docker.from_env()
    client.images.get(IMAGE)
    return client


@pytest.fixture(scope="package")
def running_stack(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with stack_of_its_own(tmp_path_factory.mktemp("containers"), launcher=True, ImageUri=IMAGE) as target:
        yield target


@dataclass
class SlowSite:
    """A page that is served only when the test allows it; `asked` counts its requests."""

    page: bytes = b"<title>slow</title><body style='background:#00ff00'>"
    let: Event = field(default_factory=Event)
    asked: int = 0
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += self.path == "/"
                site.let.wait(60)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(site.page)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def site() -> Iterator[SlowSite]:
    slow = SlowSite()
    yield slow
    slow.let.set()
    slow.server.shutdown()


def renderers(engine: Any) -> list[Any]:
    """The containers that render now."""
    return engine.containers.list(filters={"label": "com.amazonaws.ecs.container-name=renderer"})


def has_the_flags_of_the_task_definition(container: Any) -> None:
    """Checks for a user without rights, no capability, and no writable folder but /tmp."""
    host, config = container.attrs["HostConfig"], container.attrs["Config"]
    assert (config["User"], host["ReadonlyRootfs"], host["CapDrop"]) == ("10001:10001", True, ["ALL"])
    assert (host["Privileged"], host["CapAdd"], host["Memory"]) == (False, None, 2048 * 2**20)
    assert [mount["Destination"] for mount in container.attrs["Mounts"]] == ["/tmp"]
