"""Our own JavaScript world in each frame of a session; the page's scripts neither see it nor change it."""

from typing import Any, NamedTuple

from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import DocumentAwayError, ScriptError, value_of

WORLD = "renderer"
GONE = "uniqueContextId not found"


class World(NamedTuple):
    """One world: the id that no other world ever has, and its number, which starts again in each process."""

    unique: str
    number: int


class Worlds:
    """The worlds of one session, made once for each document that needs one.

    Only the unique ids in Chromium's events identify a document.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_frame: dict[str, World] = {}
        session.on("Runtime.executionContextCreated", self._created)
        session.on("Runtime.executionContextDestroyed", self._destroyed)
        session.on("Runtime.executionContextsCleared", lambda _: self._by_frame.clear())

    async def evaluate(self, frame: str, call: Params) -> Any:
        """Returns the value of `Runtime.evaluate` with these parameters in the frame's world. Raises ScriptError."""
        try:
            answer, _ = await self._evaluate(frame, call)
        except ProtocolError as exc:
            raise ScriptError(exc.message) from exc
        return value_of(answer)

    async def reference(self, frame: str, call: Params) -> tuple[str | None, int]:
        """The id of the object that the call gives, None for null, and the number of the frame's world.

        Raises ScriptError."""
        try:
            answer, world = await self._evaluate(frame, call)
        except ProtocolError as exc:
            raise ScriptError(exc.message) from exc
        value_of(answer)
        return answer["result"].get("objectId"), world.number

    async def _evaluate(self, frame: str, call: Params) -> tuple[Params, World]:
        while (known := self._by_frame.get(frame)) is not None:
            try:
                return await self._call_in(known, call), known
            except ProtocolError as exc:
                if GONE not in exc.message:
                    raise
                # The document was gone before the call began, so nothing runs twice. Another call may have made the
                # world of the next document meanwhile; Chromium does not announce it again, so it must be kept.
                if self._by_frame.get(frame) == known:
                    del self._by_frame[frame]
        made = await self._made(frame)
        return await self._call_in(made, call), made

    async def _call_in(self, world: World, call: Params) -> Params:
        return await self._session.send("Runtime.evaluate", call | {"uniqueContextId": world.unique})

    async def _made(self, frame: str) -> World:
        await self._session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": WORLD})
        # Its event comes before the answer, unless the document went away in between.
        if frame not in self._by_frame:
            raise DocumentAwayError("the document went away")
        return self._by_frame[frame]

    def _created(self, event: Params) -> None:
        context = event["context"]
        if context["name"] == WORLD:
            self._by_frame[context["auxData"]["frameId"]] = World(context["uniqueId"], context["id"])

    def _destroyed(self, event: Params) -> None:
        gone = event["executionContextUniqueId"]
        self._by_frame = {frame: known for frame, known in self._by_frame.items() if known.unique != gone}
