"""Loads the document: its address or HTML, redirects by script or refresh, and the event to wait for."""

import asyncio

from renderer.browser.net_errors import NET_ERROR, net_error
from renderer.browser.page_session import BLANK
from renderer.page.emulation import starts_empty
from renderer.page.render_context import RenderContext
from renderer.page.stay import rest
from shutterstep.errors import ConnectionFailedError, HttpStatusError, InvalidRequestError, TooManyRedirectsError
from shutterstep.public_address import without_password

# Seconds. Chromium hides text for three seconds while its web font loads, then shows it in another font.
FONT_SECONDS = 3.2
POLL_SECONDS = 0.1

# The most redirects by script or meta tag to follow; Chromium itself stops after 20 HTTP redirects.
CLIENT_REDIRECTS = 10
FOR_EVER = 3600.0
STYLES = frozenset(["stylesheet"])
WHAT_CAME = "() => document.documentElement?.outerHTML ?? ''"
# The document that Chromium makes of an empty answer.
NOTHING = ("", "<html><head></head><body></body></html>")


async def navigate(context: RenderContext) -> None:
    """Goes to the page and waits as `waitUntil` says.

    Raises HttpStatusError, TooManyRedirectsError, and the error of a failed connection.
    """
    await _go(context)
    refuse_status(context)
    context.end_phase("navigate")
    await arrive(context)
    context.end_phase("load")


async def arrive(context: RenderContext) -> None:
    """Waits for the document as `waitUntil` says, and for one that it leads to by script or refresh.

    Raises the error of the last document, HttpStatusError and TooManyRedirectsError.
    """
    documents = context.documents
    for _ in range(CLIENT_REDIRECTS + 1):
        loader = documents.loader
        await _loaded(context)
        if documents.is_leaving():
            await rest(context)
        documents.check()
        if documents.loader == loader:
            await _refuse_nothing(context)
            break
    else:
        raise TooManyRedirectsError(f"the page redirected by itself more than {CLIENT_REDIRECTS} times")
    refuse_status(context)


async def _refuse_nothing(context: RenderContext) -> None:
    # Of an interrupted document the part that arrived is pictured, as a browser shows it.
    cut = context.documents.cut
    if cut is not None and await context.page.evaluate(WHAT_CAME) in NOTHING:
        raise cut


async def _go(context: RenderContext) -> None:
    if "html" in context.request:
        context.traffic.status = 200
        if not starts_empty(context.request):
            await context.page.navigate(BLANK)
        await context.page.set_content(context.request["html"])
        return
    failure = await context.page.navigate(without_password(context.request["url"]))
    if failure is not None:
        raise _failed(failure)
    if not context.traffic.status:
        raise ConnectionFailedError("the page gave no answer")


def _failed(failure: str) -> Exception:
    found = NET_ERROR.search(failure)
    if found is None:
        return InvalidRequestError("url: the address returns no page to picture", field="url")
    return net_error(found.group(1))


def refuse_status(context: RenderContext) -> None:
    """Raises HttpStatusError for a status the request names in `failOnStatus`."""
    status = context.traffic.status
    refused = context.request["failOnStatus"]
    if status in refused or f"{status // 100}xx" in refused:
        raise HttpStatusError(f"the page answered with status {status}")


async def _loaded(context: RenderContext) -> None:
    waiting = asyncio.ensure_future(context.page.wait_for_load_state(context.request["waitUntil"]))
    watching = asyncio.ensure_future(_only_fonts_stall(context))
    try:
        both = asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
        await context.within(FOR_EVER, both)
        if waiting.done():
            waiting.result()
        elif context.traffic.awaited(STYLES):
            # Chromium paints nothing before the page's style sheets have loaded.
            context.page.session.post("Page.stopLoading")
    finally:
        for task in (waiting, watching):
            task.cancel()
        await asyncio.gather(waiting, watching, return_exceptions=True)


async def _only_fonts_stall(context: RenderContext) -> None:
    while not context.traffic.only_fonts_for(FONT_SECONDS):
        await asyncio.sleep(POLL_SECONDS)


async def load_again(context: RenderContext) -> None:
    """Waits for another document that a page showing nothing may be loading."""
    await _loaded(context)
