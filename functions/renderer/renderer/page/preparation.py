"""Makes the page as the request wants it: what is awaited, hidden, styled, clicked and run, and all of it loaded."""

import asyncio
from contextlib import suppress
from typing import Any

from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import ScriptError
from renderer.page.cookie_banners import remove_banners
from renderer.page.lazy_content import load_lazy
from renderer.page.navigation import FONT_SECONDS
from renderer.page.render_context import RenderContext
from shutterstep.errors import InvalidRequestError, SelectorNotFoundError

ELEMENT_SECONDS = 5.0
SETTLE_SECONDS = 6.0
FOR_EVER = 3600.0


async def prepare(context: RenderContext) -> None:
    """Raises SelectorNotFoundError, InvalidRequestError for what the page cannot run."""
    request = context.request
    if "waitForSelector" in request:
        await _appears(context, "waitForSelector", request["waitForSelector"], FOR_EVER)
    await _style(context)
    for place, selector in enumerate(request.get("clickSelectors", [])):
        await _click(context, f"clickSelectors.{place}", selector)
    if "javascript" in request:
        await _run(context, request["javascript"])
    if "cookieBanners" in request["block"]:
        await remove_banners(context)
    context.end_phase("prepare")
    await load_lazy(context)
    await asyncio.sleep(min(request["delayMs"] / 1000, context.deadline.waiting_seconds()))
    if "selector" in request:
        await _appears(context, "selector", request["selector"], ELEMENT_SECONDS)
    await settle(context)
    context.end_phase("settle")


async def settle(context: RenderContext) -> None:
    """Waits for fonts and pictures, though not for ever, and brings animations to their end."""
    whole = context.request["fullPage"] or "selector" in context.request or "clip" in context.request
    # A font that stalled while the page loaded has had its time.
    font_ms = max(0, round((FONT_SECONDS - context.traffic.font_wait()) * 1000))
    await context.within(SETTLE_SECONDS, context.run("settle", {"whole": whole, "fontMs": font_ms}))
    await context.run("freeze")


async def _style(context: RenderContext) -> None:
    if "css" in context.request:
        await context.run("style", context.request["css"])
    selectors = context.request.get("hideSelectors", [])
    wrong = await context.run("hide", selectors) if selectors else None
    if wrong is not None:
        raise _no_selector(f"hideSelectors.{wrong}")


async def _click(context: RenderContext, field: str, selector: str) -> None:
    await _appears(context, field, selector, ELEMENT_SECONDS)
    with suppress(ScriptError):  # the click may take the document away
        await context.run("click", selector)


async def _appears(context: RenderContext, field: str, selector: str, seconds: float) -> None:
    seconds = min(seconds, context.deadline.waiting_seconds())
    found = None
    try:
        async with asyncio.timeout(seconds):
            while not found:
                found = await _seen(context, selector)
    except TimeoutError as exc:
        raise SelectorNotFoundError(f"{field}: the page has no visible element for {selector[:200]!r}") from exc
    if found == "invalid":
        raise _no_selector(field)


async def _seen(context: RenderContext, selector: str) -> str | None:
    """`visible` or `invalid`; None when the document changed before either was sure."""
    try:
        return await context.run("appears", selector)
    except ScriptError:
        await asyncio.sleep(0.05)
        return None


def _no_selector(field: str) -> InvalidRequestError:
    return InvalidRequestError(f"{field}: is no CSS selector", field)


async def _run(context: RenderContext, expression: str) -> None:
    # As typed into the console: statements, or a value with `await` in it.
    running = context.page.session.send(
        "Runtime.evaluate",
        {"expression": expression, "awaitPromise": True, "replMode": True, "userGesture": True, "silent": True},
    )
    task = asyncio.ensure_future(running)
    with suppress(ProtocolError):  # the script may take the document away
        if await context.within(FOR_EVER, task):
            _refuse_exception(task.result())


def _refuse_exception(outcome: dict[str, Any]) -> None:
    details = outcome.get("exceptionDetails")
    if details is not None:
        said = details.get("exception", {}).get("description") or details.get("text", "")
        raise InvalidRequestError(f"javascript: {said.splitlines()[0][:300] if said else 'threw'}", "javascript")
