"""From a request to a picture, within the request's own deadline."""

import asyncio
import time
from dataclasses import dataclass, field

from renderer.capture import CONTENT_TYPES, capture
from renderer.cdp import ProtocolError
from renderer.chromium import Chromium
from renderer.chromium_page import ChromiumPage, ScriptError
from renderer.deadline import Clock, Deadline
from renderer.image import image_size
from renderer.page import navigate, open_page
from shutterstep.errors import BrowserCrashedError
from shutterstep.request import Request, validate, with_defaults

TITLE_LENGTH = 1024
URL_LENGTH = 2048


@dataclass(frozen=True)
class Picture:
    """A finished picture; width and height in pixels of the image, `render_ms` from the empty page to the bytes."""

    body: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    final_url: str
    http_status: int
    title: str
    render_ms: int


async def render(browser: Chromium, request: Request, clock: Clock = time.monotonic) -> Picture:
    """Renders one request in a context of its own; any HTTP status gives a picture.

    Raises the RenderError of the situation; `timeoutMs` of the request limits all of it (Render.Timeout).
    """
    complete = with_defaults(validate(request))
    deadline = Deadline(complete["timeoutMs"], clock)
    try:
        async with asyncio.timeout(deadline.remaining_ms() / 1000):
            async with open_page(browser, complete) as page:
                return await _picture(page, complete, deadline)
    except (ProtocolError, ScriptError) as exc:
        raise BrowserCrashedError(f"the browser failed: {type(exc).__name__}") from exc
    except TimeoutError as exc:
        raise deadline.error() from exc


async def _picture(page: ChromiumPage, request: Request, deadline: Deadline) -> Picture:
    status = await navigate(page, request)
    body = await capture(page, request)
    address, title = await page.address_and_title()
    width, height = image_size(body)
    return Picture(
        body=body,
        content_type=CONTENT_TYPES[request["format"]],
        width=width,
        height=height,
        final_url=address[:URL_LENGTH],
        http_status=status,
        title=title[:TITLE_LENGTH],
        render_ms=deadline.elapsed_ms(),
    )
