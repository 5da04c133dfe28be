"""`python -m tests.benchmarks.renderer_alone COUNT CONCURRENCY URL...`: a worker's browser and nothing around it.

Says `ready` when its browser is warm, waits for a line, renders COUNT pages, says `done`.
"""

import asyncio
import sys
from collections.abc import Iterator

from renderer.egress.addresses import parse_policy
from renderer.jobs.warm_browser import WarmBrowser

LOCAL = parse_policy("127.0.0.0/8")


async def main(count: int, concurrency: int, urls: list[str]) -> None:
    """The pages in turn, `concurrency` of them at once."""
    async with WarmBrowser(policy=LOCAL) as browser:
        await browser.render({"url": urls[0]})
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        pages = (urls[number % len(urls)] for number in range(count))
        await asyncio.gather(*(_take(browser, pages) for _ in range(concurrency)))
        print("done", flush=True)


async def _take(browser: WarmBrowser, pages: Iterator[str]) -> None:
    for url in pages:
        await browser.render({"url": url})


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
