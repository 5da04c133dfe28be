"""One warm Chromium for many renders: a fresh context each, and a new browser before the old one goes bad."""

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
    """When a browser has served long enough: after so many pictures, so many timeouts in a row, or above so much MiB.

    Memory is looked at after every `look_every` pictures: a look reads a file of each process on the machine.
    """

    pictures: int = 500
    timeouts: int = 5
    memory_mib: int = 2048
    look_every: int = 10


class Generation:
    """One browser in its life: how many renders it took, how many are in it, whether it takes more.

    `timeouts` are those without a picture in between: a browser may answer and yet load no page any more.
    """

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.taken = 0
        self.active = 0
        self.timeouts = 0
        self.retired = False

    def takes_more(self) -> bool:
        """Whether a new render may go in."""
        return not self.retired and not self.chromium.connection.closed.done()


class WarmBrowser:
    """Renders in a browser that is already there, each page under `policy`; `async with` starts and ends it.

    A browser over a limit of `recycling` gets no new render; those in it finish, then it ends, while the next one
    already works. One that crashed or no longer answers ends at once, and the renders it took down are done once more.
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
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Starts the browser. Raises BrowserMissingError or BrowserCrashedError."""
        await self._generation()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends every browser, and the renders still in them."""
        await asyncio.shield(asyncio.gather(*(self._end(generation) for generation in tuple(self._living))))

    async def render(self, request: Request) -> Picture:
        """Renders one request in a context of its own. Raises the RenderError of the situation."""
        try:
            return await self._render_once(request)
        except BrowserCrashedError:
            # Another render's page may have taken the browser down, so this render gets a new browser, once.
            return await self._render_once(request)

    async def _render_once(self, request: Request) -> Picture:
        async with self._place() as generation:
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

    async def _generation(self) -> Generation:
        async with self._starting:
            if self._current is None or not self._current.takes_more():
                self._current = Generation(await self._start())
                self._living.add(self._current)
            return self._current

    def _retire_if_due(self, generation: Generation) -> None:
        limit = self._recycling
        looks = generation.taken % limit.look_every == 0
        worn = generation.taken >= limit.pictures or generation.timeouts >= limit.timeouts
        if worn or (looks and _memory_mib(generation) > limit.memory_mib):
            generation.retired = True

    async def _end(self, generation: Generation) -> None:
        if generation in self._living:
            self._living.remove(generation)
            await generation.chromium.end()


def _memory_mib(generation: Generation) -> float:
    return private_memory(generation.chromium.group) / MIB
