"""From a request to a picture, within the request's own deadline."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from renderer.addresses import PUBLIC_ONLY, EgressPolicy
from renderer.capture import CONTENT_TYPES, capture
from renderer.cdp import ProtocolError
from renderer.chromium import Chromium
from renderer.chromium_page import ScriptError
from renderer.deadline import Clock, Deadline
from renderer.details import details_of
from renderer.guard import EgressGuard
from renderer.image import image_size
from renderer.interception import intercept
from renderer.limits import Limits
from renderer.navigation import navigate
from renderer.page import open_page
from renderer.prepare import prepare
from renderer.tab import Tab
from renderer.traffic import Traffic, without_password
from shutterstep.errors import BrowserCrashedError, RenderError
from shutterstep.request import Request, validate, with_defaults

TITLE_LENGTH = 1024
URL_LENGTH = 2048


@dataclass(frozen=True)
class Picture:
    """A finished picture; width and height in pixels of the image, `render_ms` from the empty page to the bytes.

    `details` is what `renderer.details` says; a PDF's width and height are its first page's, in points.
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
    """Renders one request in a context of its own, behind an egress guard of its own that keeps to `policy`.

    Any HTTP status gives a picture unless the request refuses it.

    Raises the RenderError of the situation; `timeoutMs` of the request limits all of it (Render.Timeout).
    """
    complete = with_defaults(validate(request))
    deadline = Deadline(complete["timeoutMs"], clock)
    async with EgressGuard(policy) as guard:
        try:
            picture = await _in_time(browser, complete, deadline, limits or Limits(), guard)
        except RenderError as exc:
            # What kept the page's document away is known to the guard better than to the browser.
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
            async with open_page(browser, request, guard) as page:
                tab = Tab(page, request, deadline, Traffic(deadline.clock), limits)
                return await _picture(tab, guard)
    except (ProtocolError, ScriptError) as exc:
        raise BrowserCrashedError(f"the browser failed: {type(exc).__name__}") from exc
    except TimeoutError as exc:
        raise deadline.error() from exc


async def _picture(tab: Tab, guard: EgressGuard) -> Picture:
    tab.traffic.watch(tab.page)
    await intercept(tab)
    tab.end_phase("open")
    await navigate(tab)
    await prepare(tab)
    body = await capture(tab)
    address, title = await tab.page.address_and_title()
    tab.end_phase("capture")
    width, height = image_size(body)
    return Picture(
        body=body,
        content_type=CONTENT_TYPES[tab.request["format"]],
        width=width,
        height=height,
        final_url=without_password(address)[:URL_LENGTH],
        http_status=tab.traffic.status,
        title=title[:TITLE_LENGTH],
        render_ms=tab.deadline.elapsed_ms(),
        details=details_of(tab, guard),
    )
