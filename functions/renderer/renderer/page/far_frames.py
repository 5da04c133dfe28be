"""Pictures of frames from other origins outside the window, which Chromium paints only while they are in view."""

import asyncio
import io
from dataclasses import dataclass

from renderer.page.area import Area, enclosing
from renderer.page.picture_bytes import opened
from renderer.page.render_context import RenderContext
from renderer.page.screenshot import screenshot


@dataclass(frozen=True)
class FarFrame:
    """A frame's part of the picture, as a PNG."""

    area: Area
    image: bytes


async def far_frames(context: RenderContext, area: Area) -> list[FarFrame]:
    """Scrolls to each such frame in the area, captures it there, and scrolls back to the top. Returns the frames."""
    places = await context.run("far_frames")
    if not places:
        return []
    found = []
    for place in places:
        part = enclosing(tuple(place), context.request).within(area)
        if part is not None:
            await context.run("look_at", place)
            found.append(FarFrame(part, await screenshot(context, part, "png")))
    await context.run("look_at", None)
    return found


async def with_far_frames(image: bytes, area: Area, frames: list[FarFrame], quality: int) -> bytes:
    """Returns the image of an area with its frames pasted in, in its own format."""
    shown = [(frame, part) for frame in frames if (part := frame.area.within(area)) is not None]
    return await asyncio.to_thread(_pasted, image, area, shown, quality) if shown else image


def _pasted(image: bytes, area: Area, frames: list[tuple[FarFrame, Area]], quality: int) -> bytes:
    output = io.BytesIO()
    with opened(image) as picture:
        format_, whole = picture.format, picture.convert("RGBA" if picture.mode == "RGBA" else "RGB")
    for frame, part in frames:
        with opened(frame.image) as shown:
            left, top = part.x - frame.area.x, part.y - frame.area.y
            cut = shown.convert(whole.mode).crop((left, top, left + part.width, top + part.height))
        whole.paste(cut, (part.x - area.x, part.y - area.y))
    whole.save(output, format_, **({"compress_level": 1} if format_ == "PNG" else {"quality": quality}))
    return output.getvalue()
