"""A site with one page on loopback, which is served only when the test allows it."""

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

PAGE = b"<title>slow</title><body style='background:#00ff00'>"


class SlowSite:
    """`asked` counts the requests for the page; `let` lets it be served."""

    def __init__(self, page: bytes = PAGE, port: int = 0) -> None:
        self.let, self.asked = Event(), 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += self.path == "/"
                site.let.wait(60)
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                with suppress(BrokenPipeError):  # the client was killed meanwhile
                    self.wfile.write(page)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Closes the site: waiting requests are answered, new ones are refused."""
        self.let.set()
        self.server.shutdown()
        self.server.server_close()


def free_port() -> int:
    """Returns a port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
