"""Runs the steps of a render on one document: again, when the page went on to another meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import DocumentAwayError, ScriptError
from renderer.page.documents import POLL_SECONDS
from renderer.page.navigation import arrive
from renderer.page.render_context import RenderContext
from renderer.page.stay import FOR_EVER, DocumentGoneError, stay
from shutterstep.errors import PageUnstableError, SelectorNotFoundError

# Documents that a page may show while its steps run, besides the first.
DOCUMENTS = 10
# The news of another document comes a little behind the failure of what ran in the one before.
NEWS_SECONDS = 0.5
# The same where the document is known to have gone: only a busy machine takes so long to say where to.
AWAY_SECONDS = 5.0

T = TypeVar("T")


# What steps fail with because their document went.
SIGNS = (DocumentGoneError, ScriptError, ProtocolError, SelectorNotFoundError)


async def on_one_document(context: RenderContext, work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work`, all of it done on one document. Raises PageUnstableError when there is none that stays."""
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
    raise PageUnstableError(f"the page went on to another document more than {DOCUMENTS} times while it was made ready")


async def _has_changed(context: RenderContext, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while context.documents.loader == context.document and not context.documents.is_leaving():
                context.documents.check()
                await asyncio.sleep(POLL_SECONDS)
    await context.within(FOR_EVER, context.documents.at_rest())
    return context.documents.loader != context.document
