"""Playwright for Python as its documentation shows it: one browser, a context and a page a picture."""

import asyncio
import os

from playwright.async_api import async_playwright

from tests.benchmarks.takers.orders import HEIGHT, WIDTH, follow_orders


async def main() -> None:
    """Takes pictures until the input ends."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ["CHROMIUM"])

        async def take(url: str) -> int:
            context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            page = await context.new_page()
            await page.goto(url, wait_until="load")
            body = await page.screenshot()
            await context.close()
            return len(body)

        await follow_orders(take)


if __name__ == "__main__":
    asyncio.run(main())
