"""One request to both drivers at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.async_api import Error

from renderer.page.render import Picture
from shutterstep.errors import RenderError
from tests.end_to_end.studio import Studio
from tests.oracle.playwright_driver import PlaywrightDriver


def take_both(
    studio: Studio, playwright: PlaywrightDriver, request: dict[str, Any]
) -> tuple[Picture | RenderError, bytes | Error]:
    """Our outcome and Playwright's: a picture, or the error in its place."""
    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(_picture, playwright, request)
        (ours,) = studio.outcomes(request)
        return ours, theirs.result()


def _picture(playwright: PlaywrightDriver, request: dict[str, Any]) -> bytes | Error:
    try:
        return playwright.picture(request)
    except Error as error:
        return error
