"""Waits for pictures, frames and style sheets that the page shows but that have not arrived."""

import asyncio
from contextlib import suppress

from renderer.browser.frames import Frame, frames_of
from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import ScriptError
from renderer.page.render_context import FRAMES, RenderContext, script
from shutterstep.errors import PageUnstableError

POLL_SECONDS = 0.05
FRAME_SECONDS = 1.0

# Types that are visible where they stand, and style sheets, which change the look of everything.
SHOWN, STYLES = frozenset(["image", "document"]), frozenset(["stylesheet"])


async def pictures_come(context: RenderContext, *, whole: bool) -> None:
    """Returns when no visible picture, frame or style sheet is missing, in the whole page or only in its window.

    Requests whose picture is not visible, such as a counter's, are not waited for.
    """
    while context.traffic.awaited(STYLES) or await _is_shown(context, context.traffic.awaited(SHOWN), whole=whole):
        await asyncio.sleep(POLL_SECONDS)


async def _is_shown(context: RenderContext, awaited: set[str], *, whole: bool) -> bool:
    """Whether one of these addresses belongs to a visible picture or frame; asks the page only if there are any."""
    if not awaited:
        return False
    frames = (await frames_of(context.page))[:FRAMES]
    shown = await asyncio.gather(*(_shown_in(frame, whole=whole or not frame.is_main) for frame in frames))
    if any(not awaited.isdisjoint(addresses) for addresses in shown):
        return True
    # A frame may be on its way to another address than the one that its element names.
    loading = context.traffic.loading_frames()
    return any([await _is_in_view(frame, whole=whole) for frame in frames if frame.id in loading])


async def _is_in_view(frame: Frame, *, whole: bool) -> bool:
    with suppress(ScriptError, ProtocolError, TimeoutError):
        call = f"(element) => ({script('frame_in_view')})(element, {'true' if whole else 'false'})"
        return bool(await asyncio.wait_for(frame.call_on_element(call), FRAME_SECONDS))
    return False


async def _shown_in(frame: Frame, *, whole: bool) -> list[str]:
    with suppress(ScriptError, PageUnstableError, TimeoutError):
        return await asyncio.wait_for(frame.evaluate(script("shown"), {"whole": whole}), FRAME_SECONDS)
    return []
