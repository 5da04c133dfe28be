"""Our own JavaScript world in each frame of a session; the page's scripts neither see it nor change it."""

from typing import Any

from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import DocumentAwayError, ScriptError, value_of

WORLD = "renderer"
GONE = "uniqueContextId not found"


class Worlds:
    """The worlds of one session, made once for each document that needs one.

    Context ids start again in each process, so only the unique ids in Chromium's events identify a document.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._contexts: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        session.on("Runtime.executionContextCreated", self._created)
        session.on("Runtime.executionContextDestroyed", self._destroyed)
        session.on("Runtime.executionContextsCleared", lambda _: self._contexts.clear())

    async def evaluate(self, frame: str, call: Params) -> Any:
        """Returns the value of `Runtime.evaluate` with these parameters in the frame's world. Raises ScriptError."""
        try:
            return value_of(await self._evaluate(frame, call))
        except ProtocolError as exc:
            raise ScriptError(exc.message) from exc

    async def reference(self, frame: str, call: Params) -> tuple[str | None, int]:
        """The id of the object that the call gives, None for null, and the number of the frame's world.

        Raises ScriptError."""
        try:
            answer = await self._evaluate(frame, call)
        except ProtocolError as exc:
            raise ScriptError(exc.message) from exc
        value_of(answer)
        return answer["result"].get("objectId"), self._numbers.get(frame, 0)

    async def _evaluate(self, frame: str, call: Params) -> Params:
        while (known := self._contexts.get(frame)) is not None:
            try:
                return await self._session.send("Runtime.evaluate", call | {"uniqueContextId": known})
            except ProtocolError as exc:
                if GONE not in exc.message:
                    raise
                # The document was gone before the call began, so nothing runs twice. Another call may have made the
                # world of the next document meanwhile; Chromium does not announce it again, so it must be kept.
                if self._contexts.get(frame) == known:
                    del self._contexts[frame]
        return await self._session.send("Runtime.evaluate", call | {"uniqueContextId": await self._made(frame)})

    async def _made(self, frame: str) -> str:
        await self._session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": WORLD})
        # Its event comes before the answer, unless the document went away in between.
        if frame not in self._contexts:
            raise DocumentAwayError("the document went away")
        return self._contexts[frame]

    def _created(self, event: Params) -> None:
        context = event["context"]
        if context["name"] == WORLD:
            frame = context["auxData"]["frameId"]
            self._contexts[frame], self._numbers[frame] = context["uniqueId"], context["id"]

    def _destroyed(self, event: Params) -> None:
        gone = event["executionContextUniqueId"]
        self._contexts = {frame: known for frame, known in self._contexts.items() if known != gone}
