"""Limits what one page may use of the machine, and kills its browser when it uses more.

The page has its own browser while it renders (decision 0016). So everything that a page starts (workers, frames,
canvases, databases, decoders) counts in the resources of the browser's processes, and ends with them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from renderer.browser.chromium import Chromium
from renderer.browser.processes import Usage, lower_priority_of_pages, usage
from shutterstep.errors import RenderError, TooLargeError

MIB = 2**20
LOOK_SECONDS = 0.25
# The container's memory limit, in both versions of the kernel's interface.
CGROUP_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
# Share of the available memory. Measured: the largest PDF takes 1.6 GiB, less than this share of 2 GiB.
MEMORY_SHARE, MOST_MEMORY = 0.85, 4096 * MIB
# Measured: a browser with an empty page has about 70 threads, and one more for each worker.
MOST_THREADS = 320
# Seconds of CPU after which the page's processes get a lower priority. A plain page uses a fifth of this.
CPU_SECONDS = 0.5
LOWEST_PRIORITY = 19


@dataclass(frozen=True)
class Share:
    """What one page may use: bytes of memory, threads, and seconds of CPU before its priority is lowered."""

    memory: int
    threads: int = MOST_THREADS
    cpu_seconds: float = CPU_SECONDS


@cache
def usual_share() -> Share:
    """Returns the share of this machine or container."""
    return Share(min(MOST_MEMORY, round(_memory_there() * MEMORY_SHARE)))


@asynccontextmanager
async def within_share(
    browser: Chromium, share: Share, others: Callable[[], bool] = lambda: False
) -> AsyncIterator[None]:
    """Kills the browser when its page uses more than its share. `others` returns whether another page is being
    rendered.

    Raises TooLargeError instead of the error with which the page then fails.
    """
    watch = _Watch(browser, share, others)
    watching = asyncio.create_task(watch.run())
    try:
        yield
    except RenderError as exc:
        if watch.exceeded is not None:
            raise watch.exceeded from exc
        raise
    finally:
        watching.cancel()


class _Watch:
    """Checks a browser's usage repeatedly while one page is in it."""

    def __init__(self, browser: Chromium, share: Share, others: Callable[[], bool]) -> None:
        self._browser, self._share, self._others = browser, share, others
        self.exceeded: TooLargeError | None = None

    async def run(self) -> None:
        before: Usage | None = None
        while self.exceeded is None:
            await asyncio.sleep(LOOK_SECONDS)
            now = usage(self._browser.group)
            before = before or now
            self.exceeded = self._excess(now)
            if self.exceeded is not None:
                self._browser.kill()
            elif now.cpu_seconds - before.cpu_seconds > self._share.cpu_seconds and self._others():
                await asyncio.to_thread(lower_priority_of_pages, self._browser.group, LOWEST_PRIORITY)

    def _excess(self, now: Usage) -> TooLargeError | None:
        if now.memory > self._share.memory:
            return TooLargeError(f"the page uses more than {self._share.memory // MIB} MiB of memory")
        if now.threads > self._share.threads:
            return TooLargeError(f"the page uses more than {self._share.threads} threads: it starts too many workers")
        return None


def _memory_there() -> int:
    """Returns the bytes of memory of this container, or of the machine."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in CGROUP_FILES:
        with suppress(OSError, ValueError):
            there = min(there, int(Path(file).read_text()))
    return there
