"""Serves the bundled site of examples/ on loopback; `demo` and `load-test` take pictures of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from shutterstep_cli.checkout import root

SITE = root() / "examples" / "site"
PAGES = ("landing", "article", "shop", "dashboard", "docs", "gallery")


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serves a folder on a free port of loopback; gives the origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), quiet_handler(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def quiet_handler(folder: Path) -> Any:
    """Returns a handler that serves a folder's files without a log, so that the demo's own lines stand out."""
    return partial(_QuietHandler, directory=str(folder))


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""
