"""Removes cookie banners: DuckDuckGo's consent rules decline them, remaining ones are removed and reported."""

import asyncio
import json
import re
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import duckduckgo_autoconsent

from renderer.browser.frames import Frame, frames_of
from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import ScriptError
from renderer.page.render_context import RenderContext, script
from shutterstep.errors import RenderError

CONSENT_MS = 4000
FRAME_SECONDS = 6.0
FRAMES = 12
TEXT_SECONDS = 1.0

# Errors of a frame that goes away while it is examined; its banner no longer matters.
GONE = (ProtocolError, ScriptError, RenderError, TimeoutError)
KIND = "cookieBanner"
NOTED = 100
# The helper script that distinguishes a banner from the rest of a page.
SIGNS = "banner_signs"


async def remove_banners(context: RenderContext) -> None:
    """Declines banners by rules, removes those that still cover the page, and restores scrolling.

    Frames and shadow roots are searched too. Each banner is noted in the findings' `removed`.
    """
    frames = (await frames_of(context.page))[:FRAMES]
    await context.within(FRAME_SECONDS, asyncio.gather(*(_decline(context, frame) for frame in frames)))
    await remove_overlays(context)


async def remove_overlays(context: RenderContext) -> bool:
    """Removes the banners that lie over the page now, and frames that are banners; some come only after a while.

    Returns whether there were any.
    """
    before = len(context.findings.removed)
    if context.page.has_frames:
        for frame in (await frames_of(context.page))[1:FRAMES]:
            await _remove_frame(context, frame)
    for name in await context.run("overlays", bool(context.findings.removed), SIGNS):
        _note(context, "overlay", name)
    return len(context.findings.removed) > before


async def _decline(context: RenderContext, frame: Frame) -> None:
    rules = rules_for(frame.url, is_main=frame.is_main)
    if not rules:
        return
    with suppress(*GONE):
        await frame.evaluate_as_page(f"() => {{ {_before_engine()} {duckduckgo_autoconsent.bundle()} }}")
        name = await frame.evaluate_as_page(script("consent"), {"rules": rules, "milliseconds": CONSENT_MS})
        # The consent engine runs in the page's own world, where the page could answer in its place.
        if isinstance(name, str) and name:
            _note(context, "autoconsent", name)


def _before_engine() -> str:
    """Returns a script that collects the engine's reports from its constructor on, until `consent.js` reads them."""
    return (
        "window.autoconsentInbox = []; window.autoconsentSendMessage = (message) => "
        "window.autoconsentAnswer ? window.autoconsentAnswer(message) : window.autoconsentInbox.push(message);"
    )


async def _remove_frame(context: RenderContext, frame: Frame) -> None:
    """Removes a frame of another origin if its text says that it is a banner; its element is in the page around it."""
    with suppress(*GONE):
        told = await asyncio.wait_for(frame.evaluate(script("consent_text", SIGNS)), TEXT_SECONDS)
        if told and await frame.call_on_element(script("remove_frame", SIGNS)):
            _note(context, "frame", urlsplit(frame.url).hostname or frame.name or "frame")


def _note(context: RenderContext, by: str, name: str) -> None:
    if len(context.findings.removed) < NOTED:
        context.findings.removed.append({"kind": KIND, "by": by, "name": name[:100]})


@cache
def _rules() -> list[tuple[dict[str, Any], re.Pattern[str] | None]]:
    rules = json.loads(duckduckgo_autoconsent.rules_json())
    patterns = (rule.get("runContext", {}).get("urlPattern") for rule in rules)
    return [(rule, re.compile(pattern) if pattern else None) for rule, pattern in zip(rules, patterns, strict=True)]


def rules_for(url: str, *, is_main: bool) -> list[dict[str, Any]]:
    """Returns the consent rules that may apply to a document, so that not all thousand are sent to each frame."""
    place, default = ("main", True) if is_main else ("frame", False)
    return [
        rule
        for rule, pattern in _rules()
        if rule.get("runContext", {}).get(place, default) and (pattern is None or pattern.search(url))
    ]
