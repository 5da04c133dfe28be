"""Decides who may render at the same time in a worker: jobs together, or a job alone that may kill the worker."""

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
        """A turn together with others. Waits only while a job is alone, not for jobs that wait to be alone."""
        await self._wait_until(lambda: not self._alone)
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            self._changed.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A turn without any other job. Waits until all others have ended."""
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
