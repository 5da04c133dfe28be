"""The DevTools protocol over Chromium's debugging pipe: commands, sessions and events.

A pipe has no port, so no page can reach it. Messages are JSON, each ended by a zero byte.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from renderer.browser.messages import Cut, MessageReader, method_of
from shutterstep.errors import BrowserCrashedError, PageCrashedError, PageUnstableError, RenderError, TooLargeError

MIB = 2**20
# Limits in bytes. Events contain addresses of up to 2 MiB; nothing longer from a page is useful. Pictures and PDFs are
# answers with a size of their own, which follows from the operator's pixel limits.
EVENT_BYTES = 4 * MIB
ANSWER_BYTES = 8 * MIB
PICTURE_BYTES = 768 * MIB
# Limit for events over EVENT_BYTES, added up. Writing them blocks the whole browser, and with it other pages.
# Chosen, not measured.
FLOOD_BYTES = 64 * MIB
PICTURES = frozenset({"Page.captureScreenshot", "Page.printToPDF"})
# Of these only the beginning is useful.
HEADS_ONLY = frozenset({"Runtime.consoleAPICalled", "Runtime.exceptionThrown"})
# The connection itself needs these.
OWN_EVENTS = frozenset({"Target.attachedToTarget", "Target.detachedFromTarget", "Inspector.targetCrashed"})

Params = dict[str, Any]
Handler = Callable[[Params], None]

# For the children of a target: each waits until it is told to continue.
AUTO_ATTACH: Params = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}


class ProtocolError(Exception):
    """Chromium refused a command; `method` is the command, `message` Chromium's text."""

    def __init__(self, method: str, message: str) -> None:
        super().__init__(f"{method}: {message}")
        self.method = method
        self.message = message


class Session:
    """The commands to one target (a page, a worker, or the browser itself) and its events.

    When the target is gone, every command fails with the error with which it ended.
    """

    def __init__(self, connection: "Connection", session_id: str | None) -> None:
        self._connection = connection
        self._session_id = session_id
        self._waiting: dict[int, tuple[str, asyncio.Future[Params]]] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self._cut_handlers: dict[str, Handler] = {}
        self._flood = 0
        # The session to end when a target sends too much; for a worker, its page's session.
        self.flooded: Callable[[RenderError], None] = self.end
        self._expected: set[asyncio.Future[Any]] = set()
        self._gone: RenderError | None = None

    def on(self, event: str, handler: Handler) -> None:
        """Calls `handler` with the parameters of each such event, in the order of arrival."""
        self._handlers.setdefault(event, []).append(handler)
        self._connection.awaited.add(event)

    def on_cut(self, event: str, handler: Handler) -> None:
        """Calls `handler` for an event that is too large, with only the first of its parameters, if that is known."""
        self._cut_handlers[event] = handler
        self._connection.awaited.add(event)

    def post(self, method: str, params: Params | None = None) -> "asyncio.Future[Params]":
        """Sends a command at once and returns the future of its result, so that further commands need not wait.

        The future raises ProtocolError, PageCrashedError or BrowserCrashedError. Chromium runs commands in order.
        """
        answer: asyncio.Future[Params] = asyncio.get_running_loop().create_future()
        # Marks the exception as retrieved, so that asyncio does not log an answer for which nobody waits.
        answer.add_done_callback(_retrieve)
        if self._gone is not None:
            answer.set_exception(self._gone)
            return answer
        number = self._connection.write(method, params or {}, self._session_id)
        self._waiting[number] = (method, answer)
        return answer

    async def send(self, method: str, params: Params | None = None) -> Params:
        """Returns the result of one command. Raises ProtocolError, PageCrashedError or BrowserCrashedError."""
        return await self.post(method, params)

    def expect(self) -> "asyncio.Future[Any]":
        """Returns a future that a handler will set, and that fails like a command when the target is gone."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieve)
        future.add_done_callback(self._expected.discard)
        self._expected.add(future)
        if self._gone is not None:
            future.set_exception(self._gone)
        return future

    def end(self, error: RenderError) -> None:
        """Makes every waiting and every later command fail with this error."""
        self._gone = self._gone or error
        waiting, self._waiting = self._waiting, {}
        for future in (*(answer for _, answer in waiting.values()), *self._expected):
            if not future.done():
                future.set_exception(self._gone)

    def answered(self, message: dict[str, Any]) -> None:
        """Handles the answer to a command of this session."""
        method, answer = self._waiting.pop(message["id"], ("", None))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(ProtocolError(method, str(message["error"].get("message"))))
        else:
            answer.set_result(message["result"])

    def refused(self, cut: Cut) -> None:
        """Handles an answer or an event that is too large."""
        method, answer = self._waiting.pop(cut.number, ("", None)) if cut.number is not None else ("", None)
        if answer is not None and not answer.done():
            answer.set_exception(TooLargeError(f"the page's answer to {method} has {cut.size} bytes"))
        elif cut.method in self._cut_handlers:
            self._cut_handlers[cut.method](cut.params)
        if cut.size > EVENT_BYTES:
            self._flood += cut.size
            if self._flood > FLOOD_BYTES:
                self.flooded(
                    TooLargeError(
                        "the page sends too much: its console messages, WebSocket messages or addresses are too long"
                    )
                )

    def happened(self, event: str, params: Params) -> None:
        """Handles an event of this session."""
        if event == "Inspector.targetCrashed":
            self.end(PageCrashedError("the page crashed while it was rendered"))
        for handler in tuple(self._handlers.get(event, ())):
            handler(params)


class Connection(asyncio.Protocol):
    """All sessions of one Chromium; `browser` is the session of the browser itself."""

    def __init__(self) -> None:
        self.browser = Session(self, None)
        # All pages need the browser's session, whatever one of them sends.
        self.browser.flooded = lambda _error: None
        self.closed = asyncio.get_running_loop().create_future()
        # Handlers of the new page of a browser context, by the id of the context.
        self.new_pages: dict[str, Handler] = {}
        # Handlers of shared workers by the id of their browser context, because these workers belong to no page.
        self.shared_workers: dict[str, Handler] = {}
        # Handles a worker's event that is too large to read. Its page is unknown, so it counts as the newest page's,
        # which is the browser's only page (decision 0016).
        self.refuse_shared_worker: Handler = lambda _: None
        self._sessions: dict[str, Session] = {}
        self._writer: asyncio.WriteTransport | None = None
        self._unsent: list[bytes] = []
        self._last_id = 0
        self._reader = MessageReader(lambda message: self._take(json.loads(message)), self._cut, self._limit)
        self._pictures: set[int] = set()
        # The events for which some session has a handler; others are dropped unread.
        self.awaited = set(OWN_EVENTS)

    def writes_to(self, writer: asyncio.WriteTransport) -> None:
        """Sets the end of the pipe from which Chromium reads."""
        self._writer = writer

    def write(self, method: str, params: Params, session_id: str | None) -> int:
        """Sends one message when the event loop has its turn; returns its number."""
        self._last_id += 1
        if method in PICTURES:
            self._pictures.add(self._last_id)
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        if session_id is not None:
            message["sessionId"] = session_id
        if not self._unsent:
            # Commands that are given together go together: each write wakes Chromium up.
            asyncio.get_running_loop().call_soon(self._send_unsent)
        self._unsent.append(json.dumps(message).encode() + b"\0")
        return self._last_id

    def _send_unsent(self) -> None:
        unsent, self._unsent = self._unsent, []
        if self._writer is not None:
            self._writer.writelines(unsent)

    def session(self, session_id: str) -> Session:
        """Returns the session of this id, a new one on the first call."""
        return self._sessions.setdefault(session_id, Session(self, session_id))

    def data_received(self, data: bytes) -> None:
        """Called by the event loop with Chromium's output."""
        self._reader.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the loop's signature)
        """Called by the event loop when Chromium is gone."""
        error = BrowserCrashedError("the browser ended while it rendered the page")
        for session in (self.browser, *self._sessions.values()):
            session.end(error)
        if not self.closed.done():
            self.closed.set_result(None)

    def _limit(self, head: bytes) -> int:
        """Returns how many bytes a message with this beginning may have."""
        method = method_of(head)
        if method:
            return 0 if method in HEADS_ONLY or method not in self.awaited else EVENT_BYTES
        return PICTURE_BYTES if Cut(head, b"", 0).number in self._pictures else ANSWER_BYTES

    def _cut(self, cut: Cut) -> None:
        session = self._session_of(cut.session_id)
        if session is not None:
            session.refused(cut)

    def _session_of(self, session_id: str | None) -> Session | None:
        return self.browser if session_id is None else self._sessions.get(session_id)

    def _take(self, message: dict[str, Any]) -> None:
        session = self._session_of(message.get("sessionId"))
        if "id" in message:
            self._pictures.discard(message["id"])
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
            gone.end(PageUnstableError("the page was closed while it was rendered"))


def _retrieve(answer: "asyncio.Future[Params]") -> None:
    if not answer.cancelled():
        answer.exception()
