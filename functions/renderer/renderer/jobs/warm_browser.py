"""One warm Chromium for many renders: a fresh context for each, and a new browser before the old one degrades."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from renderer.browser.chromium import Chromium, start_chromium
from renderer.browser.processes import private_memory
from renderer.egress.addresses import PUBLIC_ONLY, EgressPolicy
from renderer.limits import Limits
from renderer.page.render import Picture, render
from shutterstep.errors import BrowserCrashedError, RenderTimeoutError
from shutterstep.request import Request

ANSWER_SECONDS = 5
MIB = 1024 * 1024

Start = Callable[[], Awaitable[Chromium]]


@dataclass(frozen=True)
class Recycling:
    """When to replace a browser: after this many pictures, this many time-outs in a row, or above this much memory
    (MiB).

    Memory is measured after every `look_every` pictures, because that reads a file of each process on the machine.
    """

    pictures: int = 500
    timeouts: int = 5
    memory_mib: int = 2048
    look_every: int = 10


class Generation:
    """One browser in its life: how many renders it had, how many it has now, and whether it takes more.

    `timeouts` counts those without a picture in between: a browser may answer and yet load no page any more.
    """

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.taken = 0
        self.active = 0
        self.timeouts = 0
        self.retired = False

    def takes_more(self) -> bool:
        """Whether a new render may use it."""
        return not self.retired and not self.chromium.connection.closed.done()


class WarmBrowser:
    """Renders in a browser that already runs, each page under `policy`; `async with` starts and ends it.

    A browser over a limit of `recycling` gets no new render; current ones finish and then it ends, while the next
    browser already works. A browser that crashed or no longer answers ends at once, also when nobody uses it. Renders
    that it took down are repeated once, each in a browser of its own: only a page that crashes that one is known to
    crash browsers.
    """

    def __init__(
        self,
        recycling: Recycling | None = None,
        start: Start = start_chromium,
        policy: EgressPolicy = PUBLIC_ONLY,
        limits: Limits | None = None,
    ) -> None:
        self._recycling = recycling or Recycling()
        self._start = start
        self._policy = policy
        self._limits = limits
        self._current: Generation | None = None
        self._living: set[Generation] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Starts the browser. Raises BrowserMissingError or BrowserCrashedError."""
        await self._generation()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends every browser, including the renders in them."""
        ends = (self._end(generation) for generation in tuple(self._living))
        await asyncio.shield(asyncio.gather(*ends, *self._ending))

    async def render(self, request: Request) -> Picture:
        """Renders one request in its own context. Raises the RenderError of the situation."""
        for place in (self._place, self._place, self._place_of_its_own):
            try:
                async with place() as generation:
                    return await self._render_in(generation, request)
            except BrowserCrashedError as exc:
                # Another render's page may have crashed the browser.
                crashed = exc
        raise crashed

    async def _render_in(self, generation: Generation, request: Request) -> Picture:
        try:
            picture = await render(generation.chromium, request, self._policy, self._limits)
            generation.timeouts = 0
            return picture
        except RenderTimeoutError:
            generation.timeouts += 1
            if not await generation.chromium.answers(ANSWER_SECONDS):
                await self._end(generation)
            raise

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[Generation]:
        generation = await self._generation()
        generation.taken += 1
        generation.active += 1
        try:
            yield generation
        finally:
            generation.active -= 1
            self._retire_if_due(generation)
            if generation.active == 0 and not generation.takes_more():
                await asyncio.shield(self._end(generation))

    @asynccontextmanager
    async def _place_of_its_own(self) -> AsyncIterator[Generation]:
        generation = await self._new()
        try:
            yield generation
        finally:
            await asyncio.shield(self._end(generation))

    async def _generation(self) -> Generation:
        async with self._starting:
            if self._current is None or not self._current.takes_more():
                self._current = await self._new()
            return self._current

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

    def _retire_if_due(self, generation: Generation) -> None:
        limit = self._recycling
        looks = generation.taken % limit.look_every == 0
        worn = generation.taken >= limit.pictures or generation.timeouts >= limit.timeouts
        if worn or (looks and _memory_mib(generation) > limit.memory_mib):
            generation.retired = True

    async def _end(self, generation: Generation) -> None:
        if generation in self._living:
            self._living.remove(generation)
            if generation is self._current:
                self._current = None
            await generation.chromium.end()


def _memory_mib(generation: Generation) -> float:
    return private_memory(generation.chromium.group) / MIB
