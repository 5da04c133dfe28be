"""Ours: the renderer's own WarmBrowser, with everything it does for a user."""

import asyncio
import os

from renderer.jobs.warm_browser import WarmBrowser
from renderer.settings import read_egress_policy
from tests.benchmarks.takers.orders import HEIGHT, WIDTH, follow_orders


async def main() -> None:
    """Takes pictures until the input ends."""
    async with WarmBrowser(policy=read_egress_policy(os.environ)) as browser:

        async def take(url: str) -> int:
            viewport = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1}
            return len((await browser.render({"url": url, "viewport": viewport})).body)

        await follow_orders(take)


if __name__ == "__main__":
    asyncio.run(main())
