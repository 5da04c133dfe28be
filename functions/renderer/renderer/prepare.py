"""Makes the page as the request wants it: what is awaited, hidden, styled, clicked and run, and all of it loaded."""

import asyncio
from contextlib import suppress
from typing import Any

from renderer.banners import remove_banners
from renderer.cdp import ProtocolError
from renderer.chromium_page import ScriptError
from renderer.lazy import load_lazy
from renderer.navigation import FONT_SECONDS
from renderer.tab import Tab
from shutterstep.errors import InvalidRequestError, SelectorNotFoundError

ELEMENT_SECONDS = 5.0
SETTLE_SECONDS = 6.0
FOR_EVER = 3600.0


async def prepare(tab: Tab) -> None:
    """Raises SelectorNotFoundError, InvalidRequestError for what the page cannot run."""
    request = tab.request
    if "waitForSelector" in request:
        await _appears(tab, "waitForSelector", request["waitForSelector"], FOR_EVER)
    await _style(tab)
    for place, selector in enumerate(request.get("clickSelectors", [])):
        await _click(tab, f"clickSelectors.{place}", selector)
    if "javascript" in request:
        await _run(tab, request["javascript"])
    if "cookieBanners" in request["block"]:
        await remove_banners(tab)
    tab.end_phase("prepare")
    await load_lazy(tab)
    await asyncio.sleep(min(request["delayMs"] / 1000, tab.deadline.waiting_seconds()))
    if "selector" in request:
        await _appears(tab, "selector", request["selector"], ELEMENT_SECONDS)
    await settle(tab)
    tab.end_phase("settle")


async def settle(tab: Tab) -> None:
    """Waits for fonts and pictures, though not for ever, and brings animations to their end."""
    whole = tab.request["fullPage"] or "selector" in tab.request or "clip" in tab.request
    # A font that stalled while the page loaded has had its time.
    font_ms = max(0, round((FONT_SECONDS - tab.traffic.font_wait()) * 1000))
    await tab.within(SETTLE_SECONDS, tab.run("settle", {"whole": whole, "fontMs": font_ms}))


async def _style(tab: Tab) -> None:
    if "css" in tab.request:
        await tab.run("style", tab.request["css"])
    selectors = tab.request.get("hideSelectors", [])
    wrong = await tab.run("hide", selectors) if selectors else None
    if wrong is not None:
        raise _no_selector(f"hideSelectors.{wrong}")


async def _click(tab: Tab, field: str, selector: str) -> None:
    await _appears(tab, field, selector, ELEMENT_SECONDS)
    with suppress(ScriptError):  # the click may take the document away
        await tab.run("click", selector)


async def _appears(tab: Tab, field: str, selector: str, seconds: float) -> None:
    seconds = min(seconds, tab.deadline.waiting_seconds())
    found = None
    try:
        async with asyncio.timeout(seconds):
            while not found:
                found = await _seen(tab, selector)
    except TimeoutError as exc:
        raise SelectorNotFoundError(f"{field}: the page has no visible element for {selector[:200]!r}") from exc
    if found == "invalid":
        raise _no_selector(field)


async def _seen(tab: Tab, selector: str) -> str | None:
    """`visible` or `invalid`; None when the document changed before either was sure."""
    try:
        return await tab.run("appears", selector)
    except ScriptError:
        await asyncio.sleep(0.05)
        return None


def _no_selector(field: str) -> InvalidRequestError:
    return InvalidRequestError(f"{field}: is no CSS selector", field)


async def _run(tab: Tab, expression: str) -> None:
    # As typed into the console: statements, or a value with `await` in it.
    running = tab.page.session.send(
        "Runtime.evaluate",
        {"expression": expression, "awaitPromise": True, "replMode": True, "userGesture": True, "silent": True},
    )
    task = asyncio.ensure_future(running)
    with suppress(ProtocolError):  # the script may take the document away
        if await tab.within(FOR_EVER, task):
            _refuse_exception(task.result())


def _refuse_exception(outcome: dict[str, Any]) -> None:
    details = outcome.get("exceptionDetails")
    if details is not None:
        said = details.get("exception", {}).get("description") or details.get("text", "")
        raise InvalidRequestError(f"javascript: {said.splitlines()[0][:300] if said else 'threw'}", "javascript")
