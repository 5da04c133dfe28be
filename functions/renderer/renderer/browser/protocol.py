"""The DevTools protocol over Chromium's debugging pipe: commands, sessions and events.

A pipe has no port, so no page can reach it. Messages are JSON, each ended by a zero byte.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from shutterstep.errors import BrowserCrashedError, PageCrashedError, PageUnstableError, RenderError

Params = dict[str, Any]
Handler = Callable[[Params], None]


class ProtocolError(Exception):
    """Chromium refused a command; `method` is the command, `message` Chromium's words."""

    def __init__(self, method: str, message: str) -> None:
        super().__init__(f"{method}: {message}")
        self.method = method
        self.message = message


class Session:
    """The commands to one target (a page, a frame in another process, a worker, or the browser itself) and its events.

    Once the target is gone every command fails with the error it went with.
    """

    def __init__(self, connection: "Connection", session_id: str | None) -> None:
        self._connection = connection
        self._session_id = session_id
        self._waiting: dict[int, tuple[str, asyncio.Future[Params]]] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self._expected: set[asyncio.Future[Any]] = set()
        self._gone: RenderError | None = None

    def on(self, event: str, handler: Handler) -> None:
        """Calls `handler` with the parameters of each such event, in the order of their coming."""
        self._handlers.setdefault(event, []).append(handler)

    def post(self, method: str, params: Params | None = None) -> "asyncio.Future[Params]":
        """Sends a command at once and returns the future of its result, so that commands can follow without waiting.

        The future raises ProtocolError, PageCrashedError or BrowserCrashedError. Commands are carried out in order.
        """
        answer: asyncio.Future[Params] = asyncio.get_running_loop().create_future()
        # Marks the exception as retrieved, so that asyncio does not log an answer that nobody waits for.
        answer.add_done_callback(_retrieve)
        if self._gone is not None:
            answer.set_exception(self._gone)
            return answer
        number = self._connection.write(method, params or {}, self._session_id)
        self._waiting[number] = (method, answer)
        return answer

    async def send(self, method: str, params: Params | None = None) -> Params:
        """The result of one command. Raises ProtocolError, PageCrashedError or BrowserCrashedError."""
        return await self.post(method, params)

    def expect(self) -> "asyncio.Future[Any]":
        """A future for a handler to fulfil, which fails as commands do when the target goes."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieve)
        future.add_done_callback(self._expected.discard)
        self._expected.add(future)
        if self._gone is not None:
            future.set_exception(self._gone)
        return future

    def end(self, error: RenderError) -> None:
        """Makes every waiting command and every later one fail with this error."""
        self._gone = self._gone or error
        waiting, self._waiting = self._waiting, {}
        for future in (*(answer for _, answer in waiting.values()), *self._expected):
            if not future.done():
                future.set_exception(self._gone)

    def answered(self, message: dict[str, Any]) -> None:
        """Takes the answer to a command of this session."""
        method, answer = self._waiting.pop(message["id"], ("", None))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(ProtocolError(method, str(message["error"].get("message"))))
        else:
            answer.set_result(message["result"])

    def happened(self, event: str, params: Params) -> None:
        """Takes an event of this session."""
        if event == "Inspector.targetCrashed":
            self.end(PageCrashedError("the page crashed while it was rendered"))
        for handler in tuple(self._handlers.get(event, ())):
            handler(params)


class Connection(asyncio.Protocol):
    """All sessions of one Chromium. `browser` is the session of the browser itself."""

    def __init__(self) -> None:
        self.browser = Session(self, None)
        self.closed = asyncio.get_running_loop().create_future()
        self._sessions: dict[str, Session] = {}
        self._writer: asyncio.WriteTransport | None = None
        self._last_id = 0
        self._received = bytearray()
        self._searched = 0

    def writes_to(self, writer: asyncio.WriteTransport) -> None:
        """Gives the end of the pipe that Chromium reads."""
        self._writer = writer

    def write(self, method: str, params: Params, session_id: str | None) -> int:
        """Sends one message; returns its number."""
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        if session_id is not None:
            message["sessionId"] = session_id
        if self._writer is not None:
            self._writer.write(json.dumps(message).encode() + b"\0")
        return self._last_id

    def session(self, session_id: str) -> Session:
        """The session of this id, new when it was never asked for."""
        return self._sessions.setdefault(session_id, Session(self, session_id))

    def data_received(self, data: bytes) -> None:
        """The event loop calls this with what Chromium wrote."""
        self._received += data
        while (end := self._received.find(b"\0", self._searched)) >= 0:
            message = json.loads(self._received[:end])
            del self._received[: end + 1]
            self._searched = 0
            self._take(message)
        # A picture arrives in hundreds of pieces; each is searched for the end of the message only once.
        self._searched = len(self._received)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the loop's signature)
        """The event loop calls this when Chromium is gone."""
        error = BrowserCrashedError("the browser ended while it rendered the page")
        for session in (self.browser, *self._sessions.values()):
            session.end(error)
        if not self.closed.done():
            self.closed.set_result(None)

    def _take(self, message: dict[str, Any]) -> None:
        session_id = message.get("sessionId")
        session = self.browser if session_id is None else self._sessions.get(session_id)
        if "id" in message:
            if session is not None:
                session.answered(message)
            return
        params = message.get("params", {})
        if message["method"] == "Target.attachedToTarget":
            self.session(params["sessionId"])
        elif message["method"] == "Target.detachedFromTarget":
            self._detached(params["sessionId"])
        if session is not None:
            session.happened(message["method"], params)

    def _detached(self, session_id: str) -> None:
        gone = self._sessions.pop(session_id, None)
        if gone is not None:
            gone.end(PageUnstableError("the page, or a frame of it, was closed while it was rendered"))


def _retrieve(answer: "asyncio.Future[Params]") -> None:
    if not answer.cancelled():
        answer.exception()
