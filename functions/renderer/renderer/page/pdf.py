"""The page as a PDF: its CSS decides the paper, A4 otherwise."""

import base64
import re

from renderer.page.render_context import RenderContext

MEDIA_BOX = re.compile(rb"/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*\]")
A4 = (8.27, 11.69)  # inches
PAGE = re.compile(rb"/Type\s*/Page\b")


async def print_pdf(context: RenderContext) -> bytes:
    """The document with its backgrounds; notes how many pages it has."""
    options = {"printBackground": True, "preferCSSPageSize": True, "paperWidth": A4[0], "paperHeight": A4[1]}
    body = base64.b64decode((await context.page.session.send("Page.printToPDF", options))["data"])
    context.findings.pages = len(PAGE.findall(body))
    return body


def page_size(body: bytes) -> tuple[int, int]:
    """Width and height of the first page in points, 1/72 inch. Raises ValueError for no PDF."""
    found = MEDIA_BOX.search(body)
    if not body.startswith(b"%PDF-") or found is None:
        raise ValueError("no PDF")
    left, bottom, right, top = (float(number) for number in found.groups())
    return round(right - left), round(top - bottom)
