"""The part of the page to picture: the window, the whole page, one element or a clip, in whole device pixels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renderer.browser.frames import Frame, frames_of, page_point
from renderer.browser.script_error import ScriptError
from renderer.page.render_context import RenderContext, script
from shutterstep.errors import InvalidRequestError, SelectorNotFoundError

# A box that is less than this away from a device pixel lies on it, because layout counts in 64ths of a pixel.
ROUNDING = 1 / 64

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Area:
    """A part of the page in device pixels from the page's top left corner; x may be negative in right-to-left pages."""

    x: int
    y: int
    width: int
    height: int
    scale: float

    def tiles(self, rows: int) -> Iterator["Area"]:
        """Yields the area in strips of this many rows, from its top."""
        for top in range(0, self.height, rows):
            yield Area(self.x, self.y + top, self.width, min(rows, self.height - top), self.scale)

    def clip(self) -> dict[str, float]:
        """Returns the area in CSS pixels, as Chromium's capture expects it."""
        names = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        return {**{name: pixels / self.scale for name, pixels in names.items()}, "scale": 1}

    def within(self, other: "Area") -> "Area | None":
        """Returns the intersection with another area; None if it is empty."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        if right <= left or bottom <= top:
            return None
        return Area(left, top, right - left, bottom - top, self.scale)

    def bottom(self) -> float:
        """Returns the bottom of the area, in CSS pixels from the page's top."""
        return (self.y + self.height) / self.scale


async def area_of(context: RenderContext) -> Area | None:
    """Returns the part of the page that the request asks for; None for the window as it is.

    Raises TooLargeError, SelectorNotFoundError if no element has a size, InvalidRequestError for an invalid selector.
    """
    request = context.request
    if "selector" in request:
        area = await _element(context, request["selector"])
    elif "clip" in request:
        clip = request["clip"]
        area = enclosing((clip["x"], clip["y"], clip["width"], clip["height"]), request)
    elif request["fullPage"]:
        area = await _whole_page(context)
    else:
        return None
    context.limits.check(area.width, area.height, request["format"])
    return area


def enclosing(box: Box, request: dict[str, Any]) -> Area:
    """Returns the smallest area of whole device pixels around a box of CSS pixels."""
    scale = request["viewport"]["deviceScaleFactor"]
    x, y, width, height = (value * scale for value in box)
    left, top = math.floor(x + ROUNDING), math.floor(y + ROUNDING)
    right, bottom = math.ceil(x + width - ROUNDING), math.ceil(y + height - ROUNDING)
    return Area(left, top, max(1, right - left), max(1, bottom - top), scale)


async def _whole_page(context: RenderContext) -> Area:
    request, viewport, limits = context.request, context.request["viewport"], context.limits
    _, width, height = await context.run("size")
    width, height = max(width, viewport["width"]), max(height, viewport["height"])
    widest = limits.css_width(request)
    if width > widest:
        context.findings.truncated, width = True, widest
    longest = min(request.get("maxHeight", math.inf), limits.css_height(request, width))
    if height > longest:
        context.findings.truncated, height = True, longest
    scale = viewport["deviceScaleFactor"]
    return Area(0, 0, _rounded(width * scale), max(1, _rounded(height * scale)), scale)


def _rounded(pixels: float) -> int:
    # Half a pixel is rounded up, as in Chromium; Python's own round goes to the even number.
    return math.floor(pixels + 0.5)


async def _element(context: RenderContext, selector: str) -> Area:
    found = await _found(context, selector)
    if found is None:
        raise SelectorNotFoundError(f"selector: the page has no visible element for {selector[:200]!r}")
    left, width, height = await context.run("size")
    viewport = context.request["viewport"]
    box = _common(found, (left, 0, max(width, viewport["width"]), max(height, viewport["height"])))
    if box is None:
        raise SelectorNotFoundError(f"selector: the element for {selector[:200]!r} lies outside the page")
    return enclosing((box[0] - left, *box[1:]), context.request)


async def _found(context: RenderContext, selector: str) -> Box | None:
    """Returns the box of the first element that has a size, in the page and then in its frames; None without one."""
    box = await context.run("element", {"selector": selector, "inside": False})
    if box == "invalid":
        raise InvalidRequestError("selector: is not a valid CSS selector", "selector")
    if _has_size(box):
        return tuple(box)
    frames = await frames_of(context.page)
    for frame in frames[1:]:
        box = await _in_frame(context, frames, frame, selector)
        if box is not None:
            return box
    return None


def _has_size(box: list[float] | None) -> bool:
    return box is not None and box[2] > 0 and box[3] > 0


async def _in_frame(context: RenderContext, frames: list[Frame], frame: Frame, selector: str) -> Box | None:
    try:
        box = await frame.evaluate(script("element"), {"selector": selector, "inside": True})
    except ScriptError:
        return None
    if not _has_size(box):
        return None
    known = {one.id: one for one in frames}
    width, height, holder = box[2], box[3], frame
    while True:
        above = known[holder.parent]
        shown = await _show_holder(holder, above, width, height)
        left, top, right, bottom = await _in_window(frame, selector)
        if above.is_main:
            break
        # The frame around this one needs to show the element, not all of this frame.
        corner = await page_point(above, 0, 0)
        width, height, holder = right - corner[0], bottom - corner[1], above
    scroll_x, scroll_y = await context.page.evaluate("() => [scrollX, scrollY]")
    box = left + scroll_x, top + scroll_y, right - left, bottom - top
    return box if shown is None else _common(box, shown)


def _common(box: Box, other: Box) -> Box | None:
    """Returns what two boxes have in common; None if that is nothing."""
    left, top = max(box[0], other[0]), max(box[1], other[1])
    width = min(box[0] + box[2], other[0] + other[2]) - left
    height = min(box[1] + box[3], other[1] + other[3]) - top
    return (left, top, width, height) if width > 0 and height > 0 else None


async def _show_holder(frame: Frame, above: Frame, width: float, height: float) -> Box | None:
    """Scrolls the element that holds a frame into view in the document around it, and lets it grow to this size.

    Returns the element's box there, like `element.js`; None if it is gone.
    """
    inside = "false" if above.is_main else "true"
    call = f"{{holder, width: {width}, height: {height}, inside: {inside}}}"
    box = await frame.call_on_element(f"(holder) => ({script('element')})({call})")
    return None if box is None else tuple(box)


async def _in_window(frame: Frame, selector: str) -> tuple[float, float, float, float]:
    """Returns left, top, right and bottom of a frame's element in the page's window."""
    x, y, width, tall = await frame.evaluate(script("element"), {"selector": selector, "inside": True})
    return *await page_point(frame, x, y), *await page_point(frame, x + width, y + tall)
