"""The frames inside a page, also those in processes of their own: their scripts, and their elements in the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renderer.browser.page_session import ChromiumPage, evaluate
from renderer.browser.protocol import Params, ProtocolError, Session


@dataclass(frozen=True)
class Frame:
    """One frame, and the session of the process it lives in."""

    page: ChromiumPage
    session: Session
    id: str
    url: str
    name: str

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
        for session in self.page.frame_sessions:
            try:
                await session.send("DOM.enable")
                owner = await session.send("DOM.getFrameOwner", {"frameId": self.id})
                node = await session.send("DOM.resolveNode", {"backendNodeId": owner["backendNodeId"]})
            except ProtocolError:
                continue
            call = f"function () {{ return ({function})(this); }}"
            asked = {"objectId": node["object"]["objectId"], "functionDeclaration": call, "returnByValue": True}
            return (await session.send("Runtime.callFunctionOn", asked))["result"].get("value")
        return None


async def frames_of(page: ChromiumPage) -> list[Frame]:
    """Gives every frame of the page, the main one first."""
    found = []
    for session in page.frame_sessions:
        tree = (await session.send("Page.getFrameTree"))["frameTree"]
        found += [Frame(page, session, frame["id"], frame["url"], frame.get("name", "")) for frame in _walk(tree)]
    return found


def _walk(tree: Params) -> Iterator[Params]:
    yield tree["frame"]
    for child in tree.get("childFrames", []):
        yield from _walk(child)
