"""Splits Chromium's output into messages, and keeps only the beginning and the end of a message that is too large.

DevTools reports what a page says without a limit: WebSocket frames after inflation, arguments of console.log, values of
scripts. A large message is dropped while it arrives, so that it never fills our memory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

HEAD, TAIL = 512, 128
METHOD = re.compile(rb'\{"method":"([A-Za-z.]+)"')
NUMBER = re.compile(rb'\{"id":(\d+)')
SESSION = re.compile(rb',"sessionId":"([0-9A-Za-z]+)"\}')
# Fields written by Chromium itself that come first in an event's parameters.
FIRST = re.compile(rb'"params":\{"(requestId|type|sessionId)":"([^"\\]{1,100})"')


@dataclass(frozen=True)
class Cut:
    """A message of which only both ends are known, and its size in bytes."""

    head: bytes
    tail: bytes
    size: int

    @property
    def method(self) -> str:
        """The event's name; empty for an answer."""
        return method_of(self.head)

    @property
    def number(self) -> int | None:
        """The number of the command that this message answers."""
        found = NUMBER.match(self.head)
        return int(found[1]) if found else None

    @property
    def session_id(self) -> str | None:
        """The session of the message; None for the browser's own."""
        found = SESSION.search(self.tail)
        return found[1].decode() if found and found.end() == len(self.tail) else None

    @property
    def params(self) -> dict[str, str]:
        """The first parameter of an event, if it is one of FIRST."""
        found = FIRST.search(self.head)
        return {found[1].decode(): found[2].decode()} if found else {}


def method_of(head: bytes | bytearray) -> str:
    """Returns the event with which a message begins; empty for an answer."""
    found = METHOD.match(head)
    return found[1].decode() if found else ""


class MessageReader:
    """Gives whole messages to `take` and large ones to `cut`; `limit` returns the largest size for a message's first
    bytes.
    """

    def __init__(
        self, take: Callable[[bytearray], None], cut: Callable[[Cut], None], limit: Callable[[bytes], int]
    ) -> None:
        self._take, self._cut, self._limit = take, cut, limit
        self._kept = bytearray()
        self._head = b""
        self._size = 0
        self._allowed = HEAD

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the pipe; a zero byte ends each message."""
        start = 0
        while (end := data.find(b"\0", start)) >= 0:
            self._add(data[start:end])
            self._finish()
            start = end + 1
        self._add(data[start:])

    def _add(self, piece: bytes) -> None:
        known = self._size >= HEAD
        self._size += len(piece)
        if self._head:
            self._kept = (self._kept + piece)[-TAIL:]
            return
        self._kept += piece
        if not known and self._size >= HEAD:
            self._allowed = self._limit(bytes(self._kept[:HEAD]))
        if self._size > self._allowed:
            self._head, self._kept = bytes(self._kept[:HEAD]), self._kept[-TAIL:]

    def _finish(self) -> None:
        kept, head, size = self._kept, self._head, self._size
        self._kept, self._head, self._size, self._allowed = bytearray(), b"", 0, HEAD
        if head:
            self._cut(Cut(head, bytes(kept), size))
        else:
            self._take(kept)
