"""Serves the pages of this folder on loopback, including redirects, stalled answers and authentication."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES = Path(__file__).parent
STALL_SECONDS = 30
LET_IN = "Basic " + base64.b64encode(b"reader:open sesame").decode()


class Pages(ThreadingHTTPServer):
    """`seen` has the path and headers of every request; `stop` ends the stalled ones."""

    daemon_threads = True

    def __init__(self, handler: "type[Handler] | None" = None) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.stop = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs nothing, because a browser that closes its page closes its connections."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def other_site(self) -> str:
        """The same server under a name that is another site to the browser."""
        return f"http://localhost:{self.server_port}"

    def headers_of(self, path: str) -> list[dict[str, str]]:
        return [headers for seen, headers in self.seen if seen == path]


class Handler(SimpleHTTPRequestHandler):
    """One method for each thing a server does to a browser."""

    server: Pages
    protocol_version = "HTTP/1.1"
    folder = PAGES

    def __init__(self, *given: Any) -> None:
        super().__init__(*given, directory=str(self.folder))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.seen.append((parts.path, {name.lower(): value for name, value in self.headers.items()}))
        answer = getattr(self, parts.path.strip("/").replace("-", "_") + "_page", None)
        if answer is not None:
            answer(**query)
            return
        super().do_GET()

    def redirect_page(self, to: str, status: str = "302") -> None:
        self.answer(int(status), "", Location=to)

    def loop_page(self) -> None:
        self.answer(302, "", Location="/loop")

    def status_page(self, code: str) -> None:
        self.answer(int(code), f"<title>status {code}</title><body style='margin:0;background:#ffff00'>")

    def colour_page(self, value: str) -> None:
        """A square picture of one colour."""
        size = "width='200' height='200'"
        picture = f"<svg xmlns='http://www.w3.org/2000/svg' {size}><rect {size} fill='#{value}'/></svg>"
        self.answer(200, picture, **{"Content-Type": "image/svg+xml"})

    def more_page(self) -> None:
        self.answer(200, "<div style='height:900px;background:#00ff00'></div>")

    def stall_page(self) -> None:
        """Sends nothing, not even a status."""
        self.server.stop.wait(STALL_SECONDS)
        self.close_connection = True

    def drip_page(self) -> None:
        """A document that begins and never ends."""
        self.begin("text/html")
        self.wfile.write(b"<title>drip</title><body style='margin:0;background:#00ff00'>")
        self.feed(b"<p>drop</p>")

    def events_page(self) -> None:
        self.begin("text/event-stream")
        self.feed(b"data: tick\n\n")

    def who_page(self) -> None:
        """401 until the right name and password come; then green."""
        if self.headers.get("Authorization") == LET_IN:
            self.answer(200, "<title>in</title><body style='margin:0;background:#00ff00'>")
        else:
            body = "<title>out</title><body style='margin:0;background:#ff0000'>"
            self.answer(401, body, **{"WWW-Authenticate": 'Basic realm="pages"'})

    def answer(self, status: int, body: str, encoding: str = "utf-8", **headers: str) -> None:
        self.send_response(status)
        content = body.encode(encoding)
        usual = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content))}
        for name, value in (usual | headers).items():
            self.send_header(name, value)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(content)

    def begin(self, content_type: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        self.end_headers()

    def feed(self, drop: bytes) -> None:
        until = time.monotonic() + STALL_SECONDS
        try:
            while time.monotonic() < until and not self.server.stop.wait(0.1):
                self.wfile.write(drop)
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve_pages(handler: type[Handler] = Handler) -> Iterator[Pages]:
    """The server of a handler's folder and answers, until the block ends."""
    with Pages(handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.stop.set()
            server.shutdown()
