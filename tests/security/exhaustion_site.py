"""The site of the pages that exhaust: the pages themselves, a WebSocket whose messages inflate, an endless stream."""

import base64
import hashlib
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

INFLATED_BYTES = 150_000_000
HANDSHAKE = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY = 0x1, 0x2


class ExhaustionSite:
    """Pages that were `put`, at `origin`."""

    def __init__(self, port: int) -> None:
        self.origin, self.socket = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
        self.pages = {"/neighbour": "<title>neighbour</title><h1>Here</h1>"}

    def put(self, script: str) -> str:
        """Serves a page with this script; its address."""
        script = script.replace("WS/", f"{self.socket}/").replace("SITE/", f"{self.origin}/")
        path = f"/page-{len(self.pages)}"
        self.pages[path] = f"<!doctype html><title>page</title><body><script>{script}</script>"
        return self.origin + path


@contextmanager
def exhaustion_site() -> Iterator[ExhaustionSite]:
    """The site, running."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    site = ExhaustionSite(server.server_port)
    server.RequestHandlerClass = _handler(site)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _handler(site: ExhaustionSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if "Upgrade" in self.headers:
                self.upgrade()
            elif self.path == "/events":
                self.stream()
            else:
                self.answer(site.pages.get(self.path, ""))

        def do_POST(self) -> None:
            left = int(self.headers["Content-Length"])
            while left > 0 and (got := self.rfile.read(min(left, 2**16))):
                left -= len(got)
            self.answer("taken")

        def answer(self, body: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def upgrade(self) -> None:
            key = self.headers["Sec-WebSocket-Key"].encode()
            accept = base64.b64encode(hashlib.sha1(key + HANDSHAKE, usedforsecurity=False).digest()).decode()
            self.close_connection = True
            self.send_response(101)
            for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
                self.send_header(name, value)
            self.send_header("Sec-WebSocket-Extensions", "permessage-deflate")
            self.end_headers()
            if self.path != "/quiet":
                self.wfile.write(_frame(TEXT if self.path == "/text" else BINARY))
            while self.rfile.read(2**16):
                pass

        def stream(self) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for _ in range(INFLATED_BYTES // 2**20):
                self.wfile.write(b"data: " + b"x" * 2**20 + b"\n")
            self.wfile.write(b"\n")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _frame(kind: int) -> bytes:
    """One compressed message that inflates to INFLATED_BYTES."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"x" * 1_000_000
    payload = b"".join(deflate.compress(block) for _ in range(INFLATED_BYTES // len(block)))
    payload = (payload + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
    return bytes([0xC0 | kind, 127]) + len(payload).to_bytes(8, "big") + payload
