"""One page in its own context: how it is set up, and the way to its document."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from renderer.browser_errors import NET_ERROR, net_error
from renderer.cdp import Params
from renderer.chromium import Chromium
from renderer.chromium_page import ChromiumPage, open_chromium_page
from shutterstep.errors import ConnectionFailedError, InvalidRequestError
from shutterstep.request import Request

# The browser offers no switch for service workers, so the page's way to them is closed.
NO_SERVICE_WORKERS = "if (navigator.serviceWorker) navigator.serviceWorker.register = () => new Promise(() => {});"


@asynccontextmanager
async def open_page(browser: Chromium, request: Request) -> AsyncIterator[ChromiumPage]:
    """An empty page with the request's viewport, sharing nothing with any other render."""
    viewport = request["viewport"]
    width, height = viewport["width"], viewport["height"]
    screen = {"width": width, "height": height, "deviceScaleFactor": viewport["deviceScaleFactor"], "mobile": False}
    once = [
        ("Emulation.setDeviceMetricsOverride", screen),
        ("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}),
    ]
    everywhere = [("Page.addScriptToEvaluateOnNewDocument", {"source": NO_SERVICE_WORKERS})]
    async with open_chromium_page(browser.connection, width, height, everywhere=everywhere, once=once) as page:
        yield page


async def navigate(page: ChromiumPage, request: Request) -> int:
    """Goes to the page and waits as `waitUntil` says; its HTTP status, which may be any."""
    statuses: list[int] = []

    def received(event: Params) -> None:
        if event["type"] == "Document" and event["frameId"] == page.frame:
            statuses.append(event["response"]["status"])

    page.session.on("Network.responseReceived", received)
    failure = await page.navigate(request["url"])
    if failure is not None:
        raise _failed(failure)
    await page.wait_for_load_state(request["waitUntil"])
    if not statuses:
        raise ConnectionFailedError("the page gave no answer")
    return statuses[-1]


def _failed(failure: str) -> Exception:
    found = NET_ERROR.search(failure)
    if found is None:
        return InvalidRequestError("the address gives no page to picture", field="url")
    return net_error(found.group(1))
