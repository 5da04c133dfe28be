"""Runs the steps of a render on one document, and again if the page changed to another meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import DocumentAwayError, ScriptError
from renderer.page.documents import POLL_SECONDS
from renderer.page.navigation import arrive
from renderer.page.render_context import RenderContext
from renderer.page.stay import DocumentGoneError, rest, stay
from shutterstep.errors import PageUnstableError, SelectorNotFoundError

# The most further documents that a page may show while its steps run. Chosen, not measured.
DOCUMENTS = 10
# Seconds. The event of another document may come a little after the failure of what ran in the previous one.
NEWS_SECONDS = 0.5
# Seconds to wait if the document is known to be gone; only a busy machine takes so long to report the next one.
AWAY_SECONDS = 5.0

T = TypeVar("T")


# Errors of steps whose document went away.
SIGNS = (DocumentGoneError, ScriptError, ProtocolError, SelectorNotFoundError)


async def on_one_document(context: RenderContext, work: Callable[[], Awaitable[T]]) -> T:
    """Returns the result of `work`, run completely on one document. Raises PageUnstableError when no document stays."""
    for _ in range(DOCUMENTS + 1):
        context.begin_document()
        try:
            result = await work()
            await stay(context)
        except DocumentAwayError:
            await _has_changed(context, AWAY_SECONDS)
        except SIGNS:
            if not await _has_changed(context, NEWS_SECONDS):
                raise
        else:
            return result
        await arrive(context)
    raise PageUnstableError(f"the page changed to another document more than {DOCUMENTS} times while it was prepared")


async def _has_changed(context: RenderContext, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while context.documents.loader == context.document and not context.documents.is_leaving():
                context.documents.check()
                await asyncio.sleep(POLL_SECONDS)
    await rest(context)
    return context.documents.loader != context.document
