"""The other side of contender.py: reads orders, spreads the addresses over so many workers, answers."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

WIDTH, HEIGHT = 1280, 800

Take = Callable[[str], Awaitable[int]]


async def follow_orders(take: Take) -> None:
    """Until the input ends; `take` takes a picture of an address and gives its size in bytes."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        print(json.dumps({"sizes": await _all(take, order["urls"], order["concurrency"])}), flush=True)


async def _all(take: Take, urls: list[str], concurrency: int) -> list[int]:
    sizes: list[int] = []

    async def work() -> None:
        while urls:
            sizes.append(await take(urls.pop()))

    await asyncio.gather(*(work() for _ in range(concurrency)))
    return sizes
