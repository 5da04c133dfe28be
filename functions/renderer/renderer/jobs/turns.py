"""Who renders beside whom in a worker: jobs together, and a job that may kill the worker alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """Any number of jobs together, or one alone."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._together = 0
        self._alone = False

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """A turn beside others. Waits only while a job is alone, not for those that wait to be."""
        await self._wait_until(lambda: not self._alone)
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            self._changed.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A turn with no other job beside it. Waits until all others have ended theirs."""
        await self._wait_until(lambda: not self._alone and self._together == 0)
        self._alone = True
        try:
            yield
        finally:
            self._alone = False
            self._changed.set()

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()
