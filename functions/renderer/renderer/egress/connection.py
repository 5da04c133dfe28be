"""The two ends of a proxied connection: the browser's, which names the target, and the one to the checked address."""

import asyncio
from typing import Protocol, cast

import httptools

from shutterstep.errors import ForbiddenAddressError, RenderError

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

SCHEME = b"http://"
HTTP_PORT = 80
# Headers meant for the proxy are not passed on to the page's host.
FOR_THE_PROXY = (b"proxy-connection", b"proxy-authorization")

Origin = tuple[str, int]


class Relay(Protocol):
    """What both ends need from their guard."""

    def opened(self, client: "ClientConnection") -> bool: ...
    def closed(self, client: "ClientConnection") -> None: ...
    def count(self, size: int) -> None: ...
    async def connect(self, host: str, port: int, client: "ClientConnection") -> "UpstreamConnection": ...


class RefusedRequestError(Exception):
    """The browser sent something that no browser sends to a proxy; the connection is cut."""


class UpstreamConnection(asyncio.Protocol):
    """The connection to the page's host: passes bytes back unchanged, whatever HTTP version the host uses."""

    transport: asyncio.Transport

    def __init__(self, relay: Relay, client: "ClientConnection") -> None:
        self._relay = relay
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._relay.count(len(data))
        self._client.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.end(reset=exc is not None)

    def pause_writing(self) -> None:
        self._client.transport.pause_reading()

    def resume_writing(self) -> None:
        self._client.transport.resume_reading()


class ClientConnection(asyncio.Protocol):
    """The connection of the browser. It serves one origin, so that a host's answer can never be taken for another's."""

    transport: asyncio.Transport

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._parser = httptools.HttpRequestParser(self)
        self._upstream: UpstreamConnection | None = None
        self._origin: Origin | None = None
        self._tunnel = False
        self._connecting: asyncio.Task[None] | None = None
        self._unsent: list[bytes] = []
        self._url = b""
        self._head: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if not self._relay.opened(self):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio gives it by name)
        self._relay.closed(self)
        if self._connecting is not None:
            self._connecting.cancel()
        if self._upstream is not None:
            self._upstream.transport.abort()

    def abort(self) -> None:
        """Cuts both ends at once."""
        self.transport.abort()

    def end(self, *, reset: bool) -> None:
        """Called when the host's end is closed: its data still goes to the browser, unless the host reset the
        connection.
        """
        if reset:
            self.transport.abort()
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        if self._upstream is not None:
            self._upstream.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._upstream is not None:
            self._upstream.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        self._relay.count(len(data))
        if self._tunnel and self._upstream is not None:
            self._upstream.transport.write(data)
            return
        try:
            self._parse(data)
        except (httptools.HttpParserError, RefusedRequestError):
            self.abort()
            return
        if self._upstream is not None:
            self._send_unsent(self._upstream)
        elif self._origin is not None and self._connecting is None:
            # Further bytes wait in the socket until the connection is established.
            self.transport.pause_reading()
            self._connecting = asyncio.get_running_loop().create_task(self._connect(*self._origin))

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # After CONNECT, which WebSockets use too. No browser asks a proxy to upgrade a plain request.
            if not self._tunnel:
                raise RefusedRequestError from None
            self._unsent.append(data[upgrade.args[0] :])

    def _send_unsent(self, upstream: UpstreamConnection) -> None:
        upstream.transport.write(b"".join(self._unsent))
        self._unsent.clear()

    async def _connect(self, host: str, port: int) -> None:
        try:
            upstream = await self._relay.connect(host, port, self)
        except RenderError as error:
            self._refuse(error)
            return
        finally:
            self._connecting = None
        self._upstream = upstream
        if self._tunnel:
            self.transport.write(ESTABLISHED)
        self._send_unsent(upstream)
        self.transport.resume_reading()

    def _refuse(self, error: RenderError) -> None:
        """Refuses a request: a tunnel gets a status that the browser never shows; an answer to a plain request would be
        a page.
        """
        if self._tunnel:
            self.transport.write(FORBIDDEN if isinstance(error, ForbiddenAddressError) else BAD_GATEWAY)
        self.transport.close()

    # --- called by the parser of the browser's requests ---

    def on_message_begin(self) -> None:
        self._url, self._head = b"", []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        lower = name.lower()
        if lower == b"transfer-encoding":
            # No browser sends a chunked body over HTTP/1.1, and a body with two possible ends would allow request
            # smuggling.
            raise RefusedRequestError
        if lower not in FOR_THE_PROXY:
            self._head.append(b"%b: %b\r\n" % (name, value))

    def on_headers_complete(self) -> None:
        method = self._parser.get_method()
        self._tunnel = method == b"CONNECT"
        self._go_to(_origin(SCHEME + self._url) if self._tunnel else _origin(self._url))
        if not self._tunnel:
            path = self._url[self._url.find(b"/", len(SCHEME)) :]
            self._unsent += [b"%b %b HTTP/1.1\r\n" % (method, path), *self._head, b"\r\n"]

    def on_body(self, body: bytes) -> None:
        self._unsent.append(body)

    def _go_to(self, origin: Origin) -> None:
        if self._origin is not None and (self._tunnel or self._origin != origin):
            raise RefusedRequestError
        self._origin = origin


def _origin(url: bytes) -> Origin:
    if not url.startswith(SCHEME):
        raise RefusedRequestError
    parts = httptools.parse_url(url)
    return parts.host.decode("ascii").lower(), parts.port or HTTP_PORT
