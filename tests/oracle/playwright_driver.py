"""Playwright as an independent driver: the same Chromium binary takes the picture that a request asks for."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from renderer.browser.chromium_flags import find_chromium
from shutterstep.devices import devices
from shutterstep.request import with_defaults

# Names lead nowhere, as behind the guard; text is painted as Chromium does by default.
ARGUMENTS = ("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",)
NOT_ITS_OWN = ("--font-render-hinting=none",)
SECONDS = 15

# What an ordinary user of Playwright writes for a page with lazy content: scroll through, then wait for the pictures.
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  }
  scrollTo({top: 0, behavior: "instant"});
}"""
COME = """() => Promise.all([document.fonts.ready, ...[...document.querySelectorAll("img")]
  .filter((image) => !image.complete && image.loading !== "lazy")
  .map((image) => new Promise((resolve) => { image.onload = image.onerror = resolve; }))])"""


class PlaywrightDriver:
    """One browser in a loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._playwright = self._do(async_playwright().start())
        self._browser: Browser = self._do(
            self._playwright.chromium.launch(
                executable_path=find_chromium(), args=ARGUMENTS, ignore_default_args=NOT_ITS_OWN
            )
        )

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(3 * SECONDS)

    def close(self) -> None:
        self._do(self._browser.close())
        self._do(self._playwright.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def picture(self, request: dict[str, Any]) -> bytes:
        """The PNG. Raises Playwright's Error where it has none."""
        return self._do(self._picture(request))

    async def _picture(self, request: dict[str, Any]) -> bytes:
        context = await self._browser.new_context(**_context_options(request))
        context.set_default_timeout(SECONDS * 1000)
        try:
            page = await context.new_page()
            page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
            await _prepare(page, request)
            return await _shot(page, request)
        finally:
            await context.close()


def _context_options(request: dict[str, Any]) -> dict[str, Any]:
    complete, device = with_defaults(request), devices().get(request.get("device", ""), {})
    viewport = complete["viewport"]
    options: dict[str, Any] = {
        "viewport": {"width": viewport["width"], "height": viewport["height"]},
        "device_scale_factor": viewport["deviceScaleFactor"],
        "color_scheme": complete["colorScheme"],
        "reduced_motion": complete["reducedMotion"],
        "locale": complete["locale"],
        "service_workers": "block",
        **{name: device[name] for name in ("is_mobile", "has_touch", "user_agent", "screen") if name in device},
    }
    if "userAgent" in request:
        options["user_agent"] = request["userAgent"]
    if "timezone" in request:
        options["timezone_id"] = request["timezone"]
    if "geolocation" in request:
        options |= {"geolocation": request["geolocation"], "permissions": ["geolocation"]}
    return options


async def _prepare(page: Page, request: dict[str, Any]) -> None:
    if "media" in request:
        await page.emulate_media(media=request["media"])
    if "html" in request:
        await page.set_content(request["html"], wait_until=request.get("waitUntil", "load"))
    else:
        await page.goto(request["url"], wait_until=request.get("waitUntil", "load"))
    if "waitForSelector" in request:
        await page.locator(f"css={request['waitForSelector']}").first.wait_for()
    if "css" in request:
        await page.add_style_tag(content=request["css"])
    for selector in request.get("clickSelectors", []):
        await page.locator(f"css={selector}").first.click()
    if "javascript" in request:
        await page.evaluate(request["javascript"])
    if request.get("fullPage") or "selector" in request or "clip" in request:
        await page.evaluate(SCROLL)
    await asyncio.sleep(request.get("delayMs", 0) / 1000)
    await page.evaluate(COME)


async def _shot(page: Page, request: dict[str, Any]) -> bytes:
    hidden = "".join(f"{selector} {{ display: none !important }}" for selector in request.get("hideSelectors", []))
    options: dict[str, Any] = {
        "animations": "disabled",
        "omit_background": request.get("omitBackground", False),
        **({"style": hidden} if hidden else {}),
    }
    if "selector" in request:
        return await page.locator(f"css={request['selector']}").first.screenshot(**options)
    if "clip" in request:
        return await page.screenshot(clip=request["clip"], full_page=True, **options)
    return await page.screenshot(full_page=request.get("fullPage", False), **options)


@contextmanager
def open_playwright() -> Iterator[PlaywrightDriver]:
    """The driver, until the block ends."""
    driver = PlaywrightDriver()
    try:
        yield driver
    finally:
        driver.close()
