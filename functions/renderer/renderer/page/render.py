"""From a request to a picture, within the request's own deadline."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from renderer.browser.chromium import Chromium
from renderer.browser.protocol import ProtocolError
from renderer.browser.script_error import ScriptError
from renderer.egress.addresses import PUBLIC_ONLY, EgressPolicy
from renderer.egress.guard import EgressGuard
from renderer.limits import Limits
from renderer.page.capture import CONTENT_TYPES, capture
from renderer.page.deadline import Clock, Deadline
from renderer.page.documents import Documents
from renderer.page.emulation import open_page
from renderer.page.interception import intercept
from renderer.page.navigation import navigate
from renderer.page.one_document import on_one_document
from renderer.page.picture_bytes import image_size
from renderer.page.preparation import prepare
from renderer.page.render_context import RenderContext
from renderer.page.result_details import details_of
from renderer.page.screenshot import CaptureHungError
from renderer.page.stay import stay
from renderer.page.traffic import Traffic
from shutterstep.errors import BrowserCrashedError, PageUnstableError, RenderError
from shutterstep.public_address import public_address
from shutterstep.request import Request, validate, with_defaults

TITLE_LENGTH = 1024
URL_LENGTH = 2048


@dataclass(frozen=True)
class Picture:
    """A finished picture; width and height in pixels of the image, `render_ms` from the empty page to the bytes.

    `details` is described in `result_details`; a PDF's width and height are those of its first page, in points.
    """

    body: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    final_url: str
    http_status: int
    title: str
    render_ms: int
    details: dict[str, Any] = field(default_factory=dict)


async def render(
    browser: Chromium,
    request: Request,
    policy: EgressPolicy = PUBLIC_ONLY,
    limits: Limits | None = None,
    clock: Clock = time.monotonic,
) -> Picture:
    """Renders one request in its own context, behind its own egress guard with this `policy`.

    Any HTTP status gives a picture, unless the request lists it in `failOnStatus`. Raises the RenderError of the
    situation; `timeoutMs` of the request limits the whole render (RenderTimeoutError).
    """
    complete = with_defaults(validate(request))
    deadline = Deadline(complete["timeoutMs"], clock)
    async with EgressGuard(policy.of_render(complete.get("url", ""))) as guard:
        try:
            picture = await _in_time(browser, complete, deadline, limits or Limits(), guard)
        except RenderError as exc:
            # The guard knows better than the browser why the page's document could not be loaded.
            if guard.document_failure is not None:
                raise guard.document_failure from exc
            raise
    if guard.document_failure is not None:
        raise guard.document_failure
    return picture


async def _in_time(
    browser: Chromium, request: Request, deadline: Deadline, limits: Limits, guard: EgressGuard
) -> Picture:
    try:
        async with asyncio.timeout(deadline.remaining_ms() / 1000):
            try:
                return await _in_a_page(browser, request, deadline, limits, guard)
            except CaptureHungError:
                return await _in_a_page(browser, request, deadline, limits, guard)
    except ScriptError as exc:
        raise PageUnstableError("the page could not be read: it did not answer our commands") from exc
    except ProtocolError as exc:
        raise BrowserCrashedError(f"the browser failed: {type(exc).__name__}") from exc
    except TimeoutError as exc:
        raise deadline.error() from exc


async def _in_a_page(
    browser: Chromium, request: Request, deadline: Deadline, limits: Limits, guard: EgressGuard
) -> Picture:
    async with open_page(browser, request, guard) as page:
        clock = deadline.clock
        context = RenderContext(page, request, deadline, Traffic(clock), Documents(page, clock), limits)
        return await _picture(context, guard)


async def _steps(context: RenderContext) -> bytes:
    await prepare(context)
    await stay(context)
    return await capture(context)


async def _picture(context: RenderContext, guard: EgressGuard) -> Picture:
    context.traffic.watch(context.page)
    context.documents.watch()
    await intercept(context)
    context.end_phase("open")
    await navigate(context)
    body = await on_one_document(context, lambda: _steps(context))
    address, title = await context.page.address_and_title()
    context.end_phase("capture")
    width, height = image_size(body)
    return Picture(
        body=body,
        content_type=CONTENT_TYPES[context.request["format"]],
        width=width,
        height=height,
        final_url=public_address(address)[:URL_LENGTH],
        http_status=context.traffic.status,
        title=title[:TITLE_LENGTH],
        render_ms=context.deadline.elapsed_ms(),
        details=details_of(context, guard),
    )
