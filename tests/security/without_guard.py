"""Renders the same pages in the same browser without the guard, for comparison."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch

from renderer.browser.chromium_flags import EGRESS_FLAGS, FLAGS, MDNS_FEATURE

WITHOUT_GUARD = tuple(flag.replace(f",{MDNS_FEATURE}", "") for flag in FLAGS if flag not in EGRESS_FLAGS)


class NoGuard:
    """In the place of an EgressGuard: no proxy at all."""

    proxy_url = None
    document_failure = None

    def __init__(self, *_: Any) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def failure_of(self, _: str) -> None:
        """Nothing was refused."""

    def details(self) -> dict[str, Any]:
        """Nothing to tell."""
        return {}


@contextmanager
def renders_without_guard() -> Iterator[None]:
    """What is rendered inside it, in a browser with the flags WITHOUT_GUARD, goes straight to the network."""
    with patch("renderer.page.render.EgressGuard", NoGuard):
        yield
