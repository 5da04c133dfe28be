"""The frames inside a page, also those in processes of their own: their scripts, and their elements in the page."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from renderer.browser.page_session import ChromiumPage, evaluate
from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import ScriptError
from shutterstep.errors import PageUnstableError


@dataclass(frozen=True)
class Frame:
    """One frame, and the session of the process it lives in."""

    page: ChromiumPage
    session: Session
    id: str
    url: str
    name: str
    parent: str

    @property
    def is_main(self) -> bool:
        return self.id == self.page.frame

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """As `ChromiumPage.evaluate`, in this frame."""
        return await self.page.evaluate_in(self.session, self.id, function, argument)

    async def evaluate_as_page(self, function: str, argument: Any = None) -> Any:
        """The same in the page's own world where this is the main frame: for scripts that need the page's variables."""
        return await (evaluate(self.session, function, argument) if self.is_main else self.evaluate(function, argument))

    async def call_on_element(self, function: str) -> Any:
        """The value of a function called with the element that holds this frame; None when it is gone."""
        owner = await _owner(self.page, self.id)
        if owner is None:
            return None
        session, backend_node = owner
        node = await session.send("DOM.resolveNode", {"backendNodeId": backend_node})
        call = f"function () {{ return ({function})(this); }}"
        asked = {"objectId": node["object"]["objectId"], "functionDeclaration": call, "returnByValue": True}
        return (await session.send("Runtime.callFunctionOn", asked))["result"].get("value")


async def frames_of(page: ChromiumPage) -> list[Frame]:
    """Gives every frame of the page, the main one first; a frame that goes meanwhile is left out."""
    found = []
    for session in tuple(page.frame_sessions):
        try:
            tree = (await session.send("Page.getFrameTree"))["frameTree"]
        except (ProtocolError, PageUnstableError):
            continue
        found += [
            Frame(page, session, frame["id"], frame["url"], frame.get("name", ""), frame.get("parentId", ""))
            for frame in _walk(tree)
        ]
    return found


async def page_point(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """A point of a frame's window, in CSS pixels, as a point of the page's window. Raises ScriptError."""
    place, id_ = (x, y), frame.id
    while id_ != frame.page.frame:
        owner = await _owner(frame.page, id_)
        if owner is None:
            raise ScriptError("the frame went away")
        session, node = owner
        place = await _through(session, node, place)
        # Boxes are told in the window of the outermost frame of their process.
        id_ = frame.page.frame_sessions[session]
    return place


async def _owner(page: ChromiumPage, id_: str) -> tuple[Session, int] | None:
    """The element that holds a frame, and the session it lives in."""
    for session in tuple(page.frame_sessions):
        with suppress(ProtocolError, PageUnstableError):
            await session.send("DOM.enable")
            return session, (await session.send("DOM.getFrameOwner", {"frameId": id_}))["backendNodeId"]
    return None


async def _through(session: Session, node: int, place: tuple[float, float]) -> tuple[float, float]:
    """A point inside a frame's element, whose content may be scaled, in the window around it."""
    try:
        model = (await session.send("DOM.getBoxModel", {"backendNodeId": node}))["model"]
    except ProtocolError as exc:
        raise ScriptError(exc.message) from exc
    left, top = model["content"][:2]
    border, width, height = model["border"], model["width"] or 1, model["height"] or 1
    # The frame's own axes, which a transform may have scaled and turned.
    right = (border[2] - border[0]) / width, (border[3] - border[1]) / width
    down = (border[6] - border[0]) / height, (border[7] - border[1]) / height
    x, y = place
    return left + x * right[0] + y * down[0], top + x * right[1] + y * down[1]


def _walk(tree: Params) -> Iterator[Params]:
    yield tree["frame"]
    for child in tree.get("childFrames", []):
        yield from _walk(child)
