"""The limit: one warm browser, an isolated context a picture, and no command that could be left out."""

import asyncio
import base64

from renderer.browser.chromium import open_browser
from renderer.browser.chromium_flags import FLAGS
from renderer.browser.protocol import Connection, Params
from tests.benchmarks.takers.orders import HEIGHT, WIDTH, follow_orders

NO_WAIT = {"waitForDebuggerOnStart": False, "flatten": True}
NETWORK_FLAGS = ("--host-resolver-rules", "--proxy")


async def take(connection: Connection, url: str) -> int:
    """One picture; its bytes."""
    browser = connection.browser
    context = (await browser.send("Target.createBrowserContext", {"disposeOnDetach": True}))["browserContextId"]
    place = {"url": "about:blank", "browserContextId": context, "width": WIDTH, "height": HEIGHT}
    target = (await browser.send("Target.createTarget", place))["targetId"]
    attached = await browser.send("Target.attachToTarget", {"targetId": target, "flatten": True})
    page = connection.session(attached["sessionId"])
    loaded = page.expect()
    screen = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    await asyncio.gather(page.post("Page.enable"), page.post("Emulation.setDeviceMetricsOverride", screen))

    def fulfil(event: Params) -> None:
        if not loaded.done():
            loaded.set_result(event)

    page.on("Page.loadEventFired", fulfil)
    await page.send("Page.navigate", {"url": url})
    await loaded
    shot = await page.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
    await browser.send("Target.disposeBrowserContext", {"browserContextId": context})
    return len(base64.b64decode(shot["data"]))


async def main() -> None:
    """Takes pictures until the input ends."""
    flags = [flag for flag in FLAGS if not flag.startswith(NETWORK_FLAGS)]
    async with open_browser(flags=flags) as chromium:
        # Ours lets pages wait at their beginning, for which this has no use.
        await chromium.connection.browser.send("Target.setAutoAttach", {"autoAttach": False, **NO_WAIT})
        await follow_orders(lambda url: take(chromium.connection, url))


if __name__ == "__main__":
    asyncio.run(main())
