"""Warm Chromiums for many renders: one for each simultaneous render, and a new one before an old one degrades.

Decision 0016 explains why pages do not share a browser.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

from renderer.browser.chromium import Chromium, start_chromium
from renderer.browser.processes import usage
from renderer.browser.share import Share, usual_share, within_share
from renderer.egress.addresses import PUBLIC_ONLY, EgressPolicy
from renderer.limits import Limits
from renderer.page.render import Picture, render
from renderer.page.screenshot import CaptureHungError
from shutterstep.errors import BrowserCrashedError, RenderTimeoutError
from shutterstep.request import Request

# Seconds. A browser that has finished its page answers and is idle in milliseconds; any other is not used again.
ANSWER_SECONDS = 1
# When the machine runs out of memory, browsers that did not cause it may be killed too.
TRIES = 3
MIB = 1024 * 1024

Start = Callable[[], Awaitable[Chromium]]


@dataclass(frozen=True)
class Recycling:
    """When to replace a browser: after this many pictures, or above this much memory (MiB).

    Memory is measured after every `look_every` pictures, because that reads a file of each process on the machine.
    """

    pictures: int = 500
    memory_mib: int = 2048
    look_every: int = 10


class Generation:
    """One browser in its life: how many renders it had, and whether one of them timed out.

    After a time-out a browser may answer, but load or paint no page any more.
    """

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.taken = 0
        self.timed_out = False

    @property
    def ended(self) -> bool:
        """Whether the browser has ended."""
        return self.chromium.connection.closed.done()


class WarmBrowser:
    """Renders each page under `policy` in a browser that already runs; `async with` starts the first and ends all.

    A browser has only one page at a time, so there are as many browsers as there have been simultaneous renders. A
    browser ends after its page when it is over a limit of `recycling`, the page ran out of time, or the browser is
    still busy when the page is done. A browser that crashed ends at once, also when nobody uses it; its render is
    repeated in another one.
    """

    def __init__(
        self,
        recycling: Recycling | None = None,
        start: Start = start_chromium,
        policy: EgressPolicy = PUBLIC_ONLY,
        limits: Limits | None = None,
        share: Share | None = None,
    ) -> None:
        self._recycling = recycling or Recycling()
        self._start = start
        self._policy = policy
        self._limits = limits
        self._share = share or usual_share()
        self._idle: list[Generation] = []
        self._living: set[Generation] = set()
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Starts the first browser. Raises BrowserMissingError or BrowserCrashedError."""
        self._idle.append(await self._new())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends every browser, including the renders in them."""
        ends = (self._end(generation) for generation in tuple(self._living))
        await asyncio.shield(asyncio.gather(*ends, *self._ending))

    async def render(self, request: Request) -> Picture:
        """Renders one request in its own browser. Raises the RenderError of the situation."""
        for _ in range(TRIES - 1):
            with suppress(BrowserCrashedError):
                return await self._render_once(request)
        return await self._render_once(request)

    async def _render_once(self, request: Request) -> Picture:
        async with self._place() as generation:
            return await self._render_in(generation, request)

    async def _render_in(self, generation: Generation, request: Request) -> Picture:
        generation.taken += 1
        try:
            async with within_share(generation.chromium, self._share, self._has_others):
                return await render(generation.chromium, request, self._policy, self._limits)
        except (RenderTimeoutError, CaptureHungError):
            generation.timed_out = True
            raise

    def _has_others(self) -> bool:
        return len(self._living) - len(self._idle) > 1

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[Generation]:
        generation = await self._free()
        try:
            yield generation
        finally:
            await asyncio.shield(self._leave(generation))

    async def _free(self) -> Generation:
        while self._idle:
            generation = self._idle.pop()
            if not generation.ended:
                return generation
        return await self._new()

    async def _leave(self, generation: Generation) -> None:
        if not self._is_worn(generation) and await _is_done(generation.chromium):
            self._idle.append(generation)
        else:
            await self._end(generation)

    async def _new(self) -> Generation:
        generation = Generation(await self._start())
        self._living.add(generation)
        generation.chromium.connection.closed.add_done_callback(lambda _closed: self._ended_by_itself(generation))
        return generation

    def _ended_by_itself(self, generation: Generation) -> None:
        """Cleans up a browser that ended by itself: nobody may be using it, but its processes and folder must go."""
        ending = asyncio.ensure_future(self._end(generation))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _is_worn(self, generation: Generation) -> bool:
        limit = self._recycling
        if generation.ended or generation.timed_out or generation.taken >= limit.pictures:
            return True
        looks = generation.taken % limit.look_every == 0
        return looks and usage(generation.chromium.group).memory / MIB > limit.memory_mib

    async def _end(self, generation: Generation) -> None:
        if generation in self._living:
            self._living.remove(generation)
            if generation in self._idle:
                self._idle.remove(generation)
            await generation.chromium.end()


async def _is_done(chromium: Chromium) -> bool:
    """Whether nothing is left of the browser's last page that could delay the next one."""
    return await chromium.answers(ANSWER_SECONDS) and await chromium.rests(ANSWER_SECONDS)
