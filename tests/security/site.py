"""The attacker's own site, which pages may reach: the vectors' files, each vector in its own folder."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.security.name_server import OUTSIDE
from tests.security.vector import HTML, File, Vector


class AttackerSite:
    """Serves what was `put` at 127.0.0.1 and at OUTSIDE, at one port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.files: dict[str, File] = {}
        self.asked: set[str] = set()

    def put(self, vector: Vector, label: str, canary: int) -> str:
        """Serves a vector under `/label/`; the address to begin with."""

        def filled(text: str) -> str:
            words = {
                "TARGET": f"http://127.0.0.1:{canary}/x",
                "HERE": f"http://127.0.0.1:{self.port}/{label}",
                "PORT": str(canary),
                "SITE": str(self.port),
                "NAME": label,
            }
            for word, value in words.items():
                text = text.replace(word, value)
            return text

        for name, (status, headers, body) in vector.files.items():
            self.files[f"/{label}/{name}"] = status, filled(headers), filled(body)
        self.files[f"/{label}/"] = 200, HTML, f"<!doctype html>{filled(vector.html)}"
        return filled(vector.address or "HERE/")


@contextmanager
def attacker_site() -> Iterator[AttackerSite]:
    """The site, running."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)]
    site = AttackerSite(servers[0].server_port)
    servers.append(ThreadingHTTPServer((OUTSIDE, site.port), BaseHTTPRequestHandler))
    for server in servers:
        server.RequestHandlerClass = _handler(site)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _handler(site: AttackerSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.add(self.path)
            status, headers, body = site.files.get(self.path, (404, HTML, "not here"))
            self.send_response(status)
            for line in headers.splitlines():
                self.send_header(*line.split(": ", 1))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
