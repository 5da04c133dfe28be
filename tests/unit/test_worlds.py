"""Our own world in a document, when several calls meet a change of the document at once."""

import asyncio
from collections.abc import Callable
from typing import Any

from renderer.browser.protocol import Params, ProtocolError
from renderer.browser.worlds import WORLD, Worlds

CREATED = "Runtime.executionContextCreated"


class Browser:
    """A session as Chromium answers it: it announces a world of a document when it is made, and only then."""

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[Params], None]] = {}
        self.document = 1
        self.announced: set[int] = set()
        self.gates: list[asyncio.Event] = []

    def on(self, event: str, handler: Callable[[Params], None]) -> None:
        self.handlers[event] = handler

    async def send(self, method: str, params: Params) -> Any:
        document = self.document
        if method == "Page.createIsolatedWorld":
            if document not in self.announced:
                self.announced.add(document)
                world = {"name": WORLD, "id": 1, "uniqueId": str(document), "auxData": {"frameId": "main"}}
                self.handlers[CREATED]({"context": world})
            return {}
        if params["uniqueContextId"] != str(document):
            if self.gates:
                await self.gates.pop().wait()
            raise ProtocolError(method, "uniqueContextId not found")
        return {"result": {"value": params["uniqueContextId"]}}


async def both_calls() -> tuple[str, str, str]:
    browser = Browser()
    worlds: Worlds = Worlds(browser)  # pyright: ignore[reportArgumentType]
    await worlds.evaluate("main", {})
    browser.document = 2
    browser.gates.append(late := asyncio.Event())
    first = asyncio.ensure_future(worlds.evaluate("main", {}))
    await asyncio.sleep(0)
    second = await worlds.evaluate("main", {})
    late.set()
    return await first, second, await worlds.evaluate("main", {})


def test_a_call_that_hears_late_of_a_new_document_finds_the_world_that_another_made_in_it() -> None:
    assert asyncio.run(both_calls()) == ("2", "2", "2")
