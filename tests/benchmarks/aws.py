"""A stand-in for S3 and Step Functions on a loopback port: takes what a task sends and notes when it came."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Aws(ThreadingHTTPServer):
    """`stored_at` and `answered_at` are monotonic times, 0 until it happened; `picture` is the size stored."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.stored_at = self.answered_at = 0.0
        self.picture = 0
        self.answer = ""


class Handler(BaseHTTPRequestHandler):
    """PUT is S3's, POST is Step Functions'."""

    protocol_version = "HTTP/1.1"
    server: Aws

    def do_PUT(self) -> None:
        self.server.picture = len(self._body())
        self.server.stored_at = time.monotonic()
        self._say(b"", "application/xml")

    def do_POST(self) -> None:
        self._body()
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if target != "SendTaskHeartbeat":
            self.server.answer, self.server.answered_at = target, time.monotonic()
        self._say(b"{}", "application/x-amz-json-1.0")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is not None:
            return self.rfile.read(int(length))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return body

    def _say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving_aws() -> Iterator[Aws]:
    """The stand-in, running; its address is `http://127.0.0.1:<server_port>`."""
    server = Aws()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
