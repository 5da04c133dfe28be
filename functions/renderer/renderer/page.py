"""One page in its own context: how it is set up, and the way to its document."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Browser, Dialog, Page, Response
from playwright.async_api import Error as PlaywrightError

from renderer.deadline import Deadline
from shutterstep.errors import ConnectionFailedError
from shutterstep.request import Request

CLOSE_SECONDS = 5


@asynccontextmanager
async def open_page(browser: Browser, request: Request) -> AsyncIterator[Page]:
    """An empty page with the request's viewport, sharing nothing with any other render."""
    viewport = request["viewport"]
    context = await browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]},
        device_scale_factor=viewport["deviceScaleFactor"],
        service_workers="block",
        accept_downloads=False,
    )
    try:
        page = await context.new_page()
        # An open dialog stops the page's scripts, and with them the load event, for good.
        page.on("dialog", _dismiss)
        page.on("popup", _close)
        yield page
    finally:
        # A page or browser that hangs must not hold up its own error; the browser ends with the driver anyway.
        with suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(context.close(), CLOSE_SECONDS)


async def navigate(page: Page, request: Request, deadline: Deadline) -> Response:
    """Goes to the page and waits as `waitUntil` says; the answer may have any status. Raises Playwright's errors."""
    response = await page.goto(request["url"], wait_until=request["waitUntil"], timeout=deadline.remaining_ms())
    if response is None:
        raise ConnectionFailedError("the page gave no answer")
    return response


async def _dismiss(dialog: Dialog) -> None:
    await dialog.dismiss()


async def _close(popup: Page) -> None:
    await popup.close()
