"""The frames of a page: their scripts, and their elements in the page. All share its process (decision 0015)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from renderer.browser.page_session import ChromiumPage, evaluate
from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import ScriptError, value_of


@dataclass(frozen=True)
class Frame:
    """One frame of a page."""

    page: ChromiumPage
    id: str
    url: str
    name: str
    parent: str

    @property
    def is_main(self) -> bool:
        return self.id == self.page.frame

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """Returns the value of a function in this frame, like `ChromiumPage.evaluate`."""
        return await self.page.evaluate_in(self.id, function, argument)

    async def evaluate_as_page(self, function: str, argument: Any = None) -> Any:
        """The same, but for the main frame in the page's own world, for scripts that need the page's variables."""
        if self.is_main:
            return await evaluate(self.page.session, function, argument)
        return await self.evaluate(function, argument)

    async def call_on_element(self, function: str) -> Any:
        """Returns the value of a function called with the element that holds this frame, in our world of the document
        that it is in; None if it is gone. Raises ScriptError and ProtocolError."""
        session, backend_node = self.page.session, await _owner(self.page, self.id)
        if backend_node is None:
            return None
        place: Params = {"backendNodeId": backend_node, "executionContextId": await self.page.world_of(self.parent)}
        node = await session.send("DOM.resolveNode", place)
        call = f"function () {{ return ({function})(this); }}"
        asked: Params = {"objectId": node["object"]["objectId"], "functionDeclaration": call, "awaitPromise": True}
        return value_of(await session.send("Runtime.callFunctionOn", asked | {"returnByValue": True}))


async def frames_of(page: ChromiumPage) -> list[Frame]:
    """Returns every frame of the page, the main frame first."""
    tree = (await page.session.send("Page.getFrameTree"))["frameTree"]
    return [
        Frame(page, frame["id"], frame["url"], frame.get("name", ""), frame.get("parentId", ""))
        for frame in _walk(tree)
    ]


async def page_point(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """Returns a point of a frame's window as a point of the page's window, both in CSS pixels. Raises ScriptError."""
    if frame.is_main:
        return x, y
    owner = await _owner(frame.page, frame.id)
    if owner is None:
        raise ScriptError("the frame went away")
    # Boxes are relative to the page's window, however many frames are around them.
    return await _through(frame.page.session, owner, (x, y))


async def _owner(page: ChromiumPage, id_: str) -> int | None:
    """Returns the backend node id of the element that holds a frame; None if it is gone."""
    with suppress(ProtocolError):
        await page.session.send("DOM.enable")
        return (await page.session.send("DOM.getFrameOwner", {"frameId": id_}))["backendNodeId"]
    return None


async def _through(session: Session, node: int, place: tuple[float, float]) -> tuple[float, float]:
    """Returns a point inside a frame's element, whose content may be scaled, as a point of the window around it."""
    try:
        model = (await session.send("DOM.getBoxModel", {"backendNodeId": node}))["model"]
    except ProtocolError as exc:
        raise ScriptError(exc.message) from exc
    left, top = model["content"][:2]
    border, width, height = model["border"], model["width"] or 1, model["height"] or 1
    # The axes of the frame, which a transform may have scaled and rotated.
    right = (border[2] - border[0]) / width, (border[3] - border[1]) / width
    down = (border[6] - border[0]) / height, (border[7] - border[1]) / height
    x, y = place
    return left + x * right[0] + y * down[0], top + x * right[1] + y * down[1]


def _walk(tree: Params) -> Iterator[Params]:
    yield tree["frame"]
    for child in tree.get("childFrames", []):
        yield from _walk(child)
