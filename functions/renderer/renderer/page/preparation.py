"""Prepares the page as the request asks: waits, hides, styles, clicks, runs scripts, and lets everything load."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from renderer.page.actions import ELEMENT_SECONDS, FOR_EVER, appears, click, invalid_selector, run_script
from renderer.page.closed_roots import reach_closed_roots
from renderer.page.cookie_banners import remove_banners, remove_overlays
from renderer.page.late_pictures import SHOWN, STYLES, pictures_come
from renderer.page.lazy_content import load_lazy, shows_more_than_the_window
from renderer.page.moving_pictures import hold_drawings, moving_selector
from renderer.page.navigation import FONT_SECONDS
from renderer.page.render_context import RenderContext
from renderer.page.stay import stay
from renderer.page.stillness import WAIT, be_still, data_comes
from shutterstep.errors import SelectorNotFoundError

SETTLE_SECONDS = 6.0
# For a splash screen that a script takes away after a while; most stay for one or two seconds. Chosen, not measured.
SPLASH_SECONDS = 4.0
AT_ONCE = ("splash", "draws", "fonts", "stop", "freeze", "watch")
ABOUT_ELEMENTS = {"waitForSelector", "clickSelectors", "css", "hideSelectors", "selector"}


async def prepare(context: RenderContext) -> None:
    """Runs the request's steps on the page.

    Raises SelectorNotFoundError, InvalidRequestError for what the page cannot run, and DocumentGoneError.
    """
    request = context.request
    looks_for_elements = shows_more_than_the_window(context) or bool(ABOUT_ELEMENTS & request.keys())
    looks_for_elements |= "cookieBanners" in request["block"]
    if looks_for_elements:
        await reach_closed_roots(context)
    await _once(context, 0, lambda: _awaited(context))
    await hold_styles(context)
    await data_comes(context)
    actions = _actions(context)
    if actions or shows_more_than_the_window(context):
        await _splash_goes(context)
    for place, action in enumerate(actions, 1):
        await _once(context, place, action)
    if "cookieBanners" in request["block"]:
        await remove_banners(context)
    context.end_phase("prepare")
    if looks_for_elements and actions:
        await reach_closed_roots(context)
    await load_lazy(context)
    await asyncio.sleep(min(request["delayMs"] / 1000, context.deadline.waiting_seconds()))
    if "cookieBanners" in request["block"]:
        await remove_overlays(context)
    if "selector" in request:
        await appears(context, "selector", request["selector"], ELEMENT_SECONDS)
    await settle(context)
    # A banner may come while the page settles.
    if "cookieBanners" in request["block"] and await remove_overlays(context):
        await settle(context)
    context.end_phase("settle")


def _actions(context: RenderContext) -> list[Callable[[], Awaitable[None]]]:
    request = context.request
    actions: list[Callable[[], Awaitable[None]]] = [
        lambda field=f"clickSelectors.{place}", selector=selector: click(context, field, selector)
        for place, selector in enumerate(request.get("clickSelectors", []))
    ]
    if "javascript" in request:
        actions.append(lambda: run_script(context, request["javascript"]))
    return actions


async def _once(context: RenderContext, place: int, step: Callable[[], Awaitable[None]]) -> None:
    """Runs a step that was not yet run for this document; another document that it leads to needs another round."""
    if place < context.done:
        return
    try:
        await step()
    except SelectorNotFoundError:
        # An element of an earlier document need not exist in a later one.
        if place >= context.done_before:
            raise
    context.end_step()
    await stay(context)


async def _awaited(context: RenderContext) -> None:
    if "waitForSelector" in context.request:
        seconds = ELEMENT_SECONDS if context.done_before else FOR_EVER
        await appears(context, "waitForSelector", context.request["waitForSelector"], seconds)


async def hold_styles(context: RenderContext) -> bool:
    """Applies `css` and `hideSelectors` in every frame, and again where the page changed; whether there are any.

    Raises InvalidRequestError for an invalid selector.
    """
    request = context.request
    styles = {"css": request.get("css", ""), "hide": request.get("hideSelectors", [])}
    if any(styles.values()):
        prints = request["format"] == "pdf" and "media" not in request
        wrong = await context.run_in_frames("hold", styles | {"prints": prints})
        if wrong is not None:
            raise invalid_selector(f"hideSelectors.{wrong}")
    return any(styles.values())


async def settle(context: RenderContext) -> None:
    """Waits, up to a limit, for drawings, fonts and pictures, and brings animations to their end."""
    await data_comes(context)
    if context.traffic.has_animations:
        await reach_closed_roots(context)
    at_once = await _settles_at_once(context)
    if not at_once:
        await _splash_goes(context)
        await be_still(context)
        await context.within(SETTLE_SECONDS, _all_come(context))
        for step in ("stop", "freeze"):
            await context.within(SETTLE_SECONDS, context.run_in_frames(step, _rest_of(context)))
    changed = await hold_drawings(context)
    changed |= await hold_styles(context)
    context.is_watched = at_once and not changed


async def _splash_goes(context: RenderContext) -> None:
    await context.within(SPLASH_SECONDS, context.run("splash", _rest_of(context)))


async def _settles_at_once(context: RenderContext) -> bool:
    """Whether the page has no drawing, no frames and no missing picture, as most pages; then the rest is done as well.

    It is one call, because with each further call the page may paint a frame that nobody sees.
    """
    if context.request["waitUntil"] == WAIT or _shows_more_to_come(context):
        return False
    calling = asyncio.ensure_future(context.run_in_turn(*AT_ONCE, argument=_rest_of(context)))
    if not await context.within(SETTLE_SECONDS, calling):
        return True
    return calling.result() is None and not _shows_more_to_come(context)


def _shows_more_to_come(context: RenderContext) -> bool:
    return context.page.has_frames or bool(context.traffic.awaited(SHOWN | STYLES))


async def _all_come(context: RenderContext) -> None:
    await context.run("fonts", _rest_of(context))
    await pictures_come(context, whole=shows_more_than_the_window(context))


def _rest_of(context: RenderContext) -> dict[str, Any]:
    """The argument of the scripts that wait for fonts and stop what moves."""
    # A font that stalled while the page loaded has already used its time.
    font_ms = max(0, round((FONT_SECONDS - context.traffic.font_wait()) * 1000))
    svgs = [address for address in context.traffic.svgs.values() if not address.startswith("data:")]
    return {
        "fontMs": font_ms,
        "moving": moving_selector(context),
        "svgs": svgs,
        "splashMs": round(min(SPLASH_SECONDS, context.deadline.waiting_seconds()) * 1000),
        "whole": context.request["fullPage"] or context.request["format"] == "pdf",
    }
