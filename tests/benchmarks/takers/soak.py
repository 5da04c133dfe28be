"""Ours for the soak: tells for each address what became of it, and how many pictures a browser lives."""

import asyncio
import json
import os
import sys
from typing import Any

from renderer.jobs.warm_browser import WarmBrowser
from renderer.settings import read_egress_policy
from shutterstep.errors import RenderError
from tests.benchmarks.takers.orders import HEIGHT, WIDTH

TIMEOUT_MS = 3000


async def outcome(browser: WarmBrowser, url: str) -> str:
    """`picture`, or the code of the error."""
    viewport = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1}
    request: dict[str, Any] = {"url": url, "viewport": viewport}
    if url.endswith("/endless"):
        request["timeoutMs"] = TIMEOUT_MS
    try:
        await browser.render(request)
    except RenderError as exc:
        return exc.code
    return "picture"


async def main() -> None:
    """Until the input ends; all orders in one warm browser."""
    async with WarmBrowser(policy=read_egress_policy(os.environ)) as browser:
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            places = asyncio.Semaphore(order["concurrency"])

            async def one(url: str, places: asyncio.Semaphore = places) -> str:
                async with places:
                    return await outcome(browser, url)

            print(json.dumps({"outcomes": await asyncio.gather(*map(one, order["urls"]))}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
