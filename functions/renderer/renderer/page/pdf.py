"""Prints the page as a PDF: its CSS decides the paper size, otherwise A4."""

import base64
import re

from renderer.browser.protocol import Params
from renderer.page.render_context import RenderContext
from shutterstep.errors import TooLargeError

MEDIA_BOX = re.compile(rb"/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*\]")
A4 = (8.27, 11.69)  # inches
PAGE = re.compile(rb"/Type\s*/Page\b")
PART_BYTES = 2**20


async def print_pdf(context: RenderContext) -> bytes:
    """Returns the PDF with backgrounds; notes its number of pages. Raises TooLargeError."""
    options: Params = {"printBackground": True, "preferCSSPageSize": True, "paperWidth": A4[0], "paperHeight": A4[1]}
    options["transferMode"] = "ReturnAsStream"
    printed = await context.page.session.send("Page.printToPDF", options)
    body = await _read(context, printed["stream"])
    context.findings.pages = len(PAGE.findall(body))
    return body


async def _read(context: RenderContext, stream: str) -> bytes:
    """Reads the stream in parts, so that a PDF of many megabytes is never in memory in several forms."""
    body, limit, ended = bytearray(), context.limits.bytes, False
    session = context.page.session
    while not ended:
        part = await session.send("IO.read", {"handle": stream, "size": PART_BYTES})
        data = part["data"]
        body += base64.b64decode(data) if part.get("base64Encoded") else data.encode("latin-1")
        if len(body) > limit:
            raise TooLargeError(f"the PDF has more than {limit} bytes")
        ended = part["eof"]
    await session.send("IO.close", {"handle": stream})
    return bytes(body)


def page_size(body: bytes) -> tuple[int, int]:
    """Returns width and height of the first page in points (1/72 inch). Raises ValueError if it is not a PDF."""
    found = MEDIA_BOX.search(body)
    if not body.startswith(b"%PDF-") or found is None:
        raise ValueError("no PDF")
    left, bottom, right, top = (float(number) for number in found.groups())
    return round(right - left), round(top - bottom)
