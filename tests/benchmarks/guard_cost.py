"""What the egress guard costs: `python -m tests.benchmarks.guard_cost [ROUNDS] [PICTURES]`.

Each round renders the bundled pages with the guard and without it, in two warm browsers, in turn. Counted is the CPU
of the browser and of the renderer's own thread, without that of the site's server; the medians' ratio is printed.
"""

import asyncio
import json
import sys
import time
from contextlib import ExitStack
from statistics import median

from renderer.browser.chromium import Chromium, open_browser
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.page.render import render
from tests.benchmarks.process_tree import cpu_seconds
from tests.benchmarks.site import addresses, serving_pages
from tests.security.without_guard import WITHOUT_GUARD, renders_without_guard

CONCURRENCY = 2
POLICY = parse_policy(LOOPBACK)


async def measure(rounds: int, pictures: int) -> dict[str, float]:
    """Milliseconds a picture with and without the guard, CPU and wall, and the guard's cost as a share."""
    samples: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    with serving_pages() as site:
        async with open_browser() as guarded, open_browser(flags=WITHOUT_GUARD) as straight:
            for number in range(-1, rounds):
                for with_guard in (True, False) if number % 2 else (False, True):
                    sample = await _round(guarded if with_guard else straight, site, pictures, with_guard)
                    if number >= 0:  # the first one warms up
                        samples[with_guard].append(sample)
    figures = {}
    for place, name in enumerate(("cpu", "wall")):
        with_guard, without = ([sample[place] for sample in samples[kind]] for kind in (True, False))
        figures[f"{name}_ms_guarded"] = round(1000 * median(with_guard), 1)
        figures[f"{name}_ms_without"] = round(1000 * median(without), 1)
        pairs = zip(with_guard, without, strict=True)
        figures[f"{name}_cost"] = round(median(one / other for one, other in pairs) - 1, 3)
    return figures


async def _round(browser: Chromium, site: str, pictures: int, with_guard: bool) -> tuple[float, float]:
    """CPU and wall seconds a picture."""
    urls = iter(addresses(site, pictures))

    async def take() -> None:
        for url in urls:
            await render(browser, {"url": url}, POLICY)

    with ExitStack() as stack:
        if not with_guard:
            stack.enter_context(renders_without_guard())
        cpu, wall = -_cpu(browser), -time.monotonic()
        await asyncio.gather(*(take() for _ in range(CONCURRENCY)))
        return (cpu + _cpu(browser)) / pictures, (wall + time.monotonic()) / pictures


def _cpu(browser: Chromium) -> float:
    return cpu_seconds(browser.group) + time.thread_time()


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    print(json.dumps(asyncio.run(measure(*given, *(7, 18)[len(given) :])), indent=2))
