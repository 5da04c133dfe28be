"""Access to the console: which requests it accepts (Host and Origin), and what its pages may load (CSP)."""

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# unsafe-eval: the page's library compiles templates in the browser. A script injected into the page still has no nonce
# and does not run. unsafe-inline: the library sets styles on elements all the time.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class RequestCheck:
    """ASGI middleware around the whole console, including its WebSocket.

    If an attacker's DNS name points to this machine (rebinding), its request has an unknown Host; a script of another
    site has that site's Origin. Both are refused.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app, self.hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif (problem := self.problem(Headers(scope=scope))) is not None:
            await _refuse(*problem, scope, receive, send)
        elif scope["type"] == "http":
            await self.app(scope, receive, _Outgoing(send))
        else:
            await self.app(scope, receive, send)

    def problem(self, headers: Headers) -> tuple[int, str] | None:
        """Returns the HTTP status and the reason for refusing the request; None if it is accepted."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if _name_in(f"//{host}") not in self.hosts:
            return 421, "unknown host; allow it with --allow-host NAME"
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "another site's page may not call the console"
        return None


def _name_in(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(status: int, reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
    else:
        await PlainTextResponse(f"{reason}\n", status)(scope, receive, send)


class _Outgoing:
    """Adds the headers. It holds a page back until it is complete, so that the page's own scripts get the nonce.

    Text from outside is escaped in the page, so `<script` occurs only in the page's own frame.
    """

    def __init__(self, send: Send) -> None:
        self.send, self.nonce = send, secrets.token_urlsafe(16)
        self.start: Message = {}
        self.page = bytearray()
        self.is_page = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._started(message)
        elif not self.is_page:
            await self.send(message)
        else:
            self.page += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(bytes(self.page))

    async def _started(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=self.nonce))
        self.start = message
        if headers.get("content-type", "").startswith("text/html"):
            self.is_page = True
        else:
            await self.send(message)

    async def _send_page(self, page: bytes) -> None:
        page = re.sub(rb"<script\b", b'<script nonce="%s"' % self.nonce.encode(), page)
        MutableHeaders(scope=self.start)["Content-Length"] = str(len(page))
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": page})
