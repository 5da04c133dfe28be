"""The request's actions on a page, as a visitor would do them: wait for an element, click, run a script."""

import asyncio
import re
from contextlib import suppress
from typing import Any

from renderer.browser.frames import Frame, frames_of, page_point
from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import ScriptError
from renderer.page.documents import REQUEST_SCRIPT
from renderer.page.emulation import has_touch
from renderer.page.render_context import FRAMES, RenderContext, script
from shutterstep.errors import InvalidRequestError, SelectorNotFoundError

ELEMENT_SECONDS = 5.0
POLL_SECONDS = 0.05
FOR_EVER = 3600.0
VISIBLE_CORNER = "() => [visualViewport.offsetLeft, visualViewport.offsetTop]"
# Seconds. A frame that does not answer within them is skipped until it does. Chosen, not measured.
PROBE_SECONDS = 1.0


async def appears(context: RenderContext, field: str, selector: str, seconds: float) -> Frame:
    """Waits for a visible element in the page, its open shadow roots or its frames; returns the frame of the first.

    Raises SelectorNotFoundError when none appears within `seconds`, InvalidRequestError for an invalid selector.
    """
    try:
        async with asyncio.timeout(min(seconds, context.deadline.waiting_seconds())):
            while True:
                frame = await _frame_with(context, field, selector)
                if frame is not None:
                    return frame
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as exc:
        raise SelectorNotFoundError(f"{field}: the page has no visible element for {selector[:200]!r}") from exc


async def _frame_with(context: RenderContext, field: str, selector: str) -> Frame | None:
    frames = (await frames_of(context.page))[:FRAMES]
    for frame, found in zip(frames, await asyncio.gather(*(_probe(frame, selector) for frame in frames)), strict=True):
        if found == "invalid":
            raise invalid_selector(field)
        if found == "visible":
            return frame
    return None


async def _probe(frame: Frame, selector: str) -> str | None:
    """Returns `visible` or `invalid`, or None when no element matches or the document does not answer."""
    with suppress(ScriptError, TimeoutError):
        return await asyncio.wait_for(frame.evaluate(script("appears"), selector), PROBE_SECONDS)
    return None


def invalid_selector(field: str) -> InvalidRequestError:
    """The error for a text that is not a valid CSS selector."""
    return InvalidRequestError(f"{field}: is not a valid CSS selector", field)


async def click(context: RenderContext, field: str, selector: str) -> None:
    """Scrolls to the first visible element, moves the mouse there, presses and releases it; taps it on a touch screen.

    Raises SelectorNotFoundError when no element appears, InvalidRequestError when a click cannot reach it.
    """
    seconds = min(ELEMENT_SECONDS, context.deadline.waiting_seconds())
    frame = await appears(context, field, selector, seconds)
    aim = await frame.evaluate(script("aim"), {"selector": selector, "milliseconds": seconds * 1000})
    if aim is None:
        raise SelectorNotFoundError(f"{field}: the element for {selector[:200]!r} was removed")
    if isinstance(aim, str):
        raise InvalidRequestError(f"{field}: the element for {selector[:200]!r} {aim}", field)
    x, y = await page_point(frame, *aim)
    if not frame.is_main and not await context.run("shows_frame", [x, y]):
        raise InvalidRequestError(f"{field}: the frame of the element for {selector[:200]!r} is covered", field)
    context.documents.clicked()
    await context.within(FOR_EVER, _tap(context, frame, x, y) if has_touch(context.request) else _press(context, x, y))


async def _press(context: RenderContext, x: float, y: float) -> None:
    place: Params = {"x": x, "y": y}
    button: Params = {**place, "button": "left", "clickCount": 1}
    for kind, event in (("mouseMoved", place), ("mousePressed", button), ("mouseReleased", button)):
        # The click may navigate away from the document.
        with suppress(ProtocolError):
            await context.page.session.send("Input.dispatchMouseEvent", event | {"type": kind})


async def _tap(context: RenderContext, frame: Frame, x: float, y: float) -> None:
    # A phone may show only a part of its window, enlarged; a tap counts from that part's corner.
    left, top = await context.page.evaluate(VISIBLE_CORNER)
    x, y = x - left, y - top
    clicked = asyncio.ensure_future(frame.evaluate(script("tapped")))
    for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
        # The tap may navigate away from the document, here and below.
        with suppress(ProtocolError):
            await context.page.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    with suppress(ScriptError):
        await clicked


async def run_script(context: RenderContext, source: str) -> None:
    """Runs the request's script as if it were typed into the console, and awaits a promise that it returns.

    Raises InvalidRequestError if the script throws or the promise is rejected.
    """
    context.documents.script_runs()
    running = asyncio.ensure_future(_outcome(context, source))
    try:
        with suppress(ProtocolError):  # the script may navigate away
            if await context.within(FOR_EVER, running):
                _refuse_exception(running.result())
    finally:
        context.documents.script_ended()


async def _outcome(context: RenderContext, source: str) -> Params:
    session = context.page.session
    outcome = await _typed(session, source)
    if _clashes(outcome):
        # No part of it ran. In a block it may have variables with the names of the page's.
        outcome = await _typed(session, f"{{\n{source}\n}}")
    object_id = outcome["result"].get("objectId")
    if "exceptionDetails" in outcome or object_id is None:
        return outcome
    # A value that is not a promise is returned unchanged.
    awaited: Params = {"objectId": object_id, "functionDeclaration": AWAIT, "awaitPromise": True, "silent": True}
    return await session.send("Runtime.callFunctionOn", awaited)


async def _typed(session: Session, source: str) -> Params:
    # The script may be statements, or an expression with `await` in it.
    typed: Params = {"expression": f"{source}\n//# sourceURL={REQUEST_SCRIPT}", "awaitPromise": True, "replMode": True}
    return await session.send("Runtime.evaluate", typed | {"userGesture": True, "silent": True})


def _clashes(outcome: Params) -> bool:
    """Whether the script declares a variable that the page has; an error that the script itself threw has a stack."""
    details = outcome.get("exceptionDetails", {})
    description = details.get("exception", {}).get("description", "")
    return "stackTrace" not in details and CLASH.match(description) is not None


CLASH = re.compile(r"SyntaxError: Identifier '.*' has already been declared")
AWAIT = "async function () { await this; }"


def _refuse_exception(outcome: dict[str, Any]) -> None:
    details = outcome.get("exceptionDetails")
    if details is not None:
        thrown = details.get("exception", {})
        said = thrown.get("description") or str(thrown.get("value") or details.get("text", ""))
        raise InvalidRequestError(f"javascript: {said.splitlines()[0][:300] if said else 'threw'}", "javascript")
