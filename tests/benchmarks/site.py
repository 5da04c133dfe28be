"""The pages that are pictured: the bundled site, and pages that crash or never end, on a loopback port."""

from contextlib import AbstractContextManager
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

from tests.loopback import serving

ROOT = Path(__file__).parents[2]
PAGES = ("article", "dashboard", "docs", "gallery", "landing", "shop")
HOSTILE = {
    "/endless": b"<title>Endless</title><script>for (;;);</script>",
    # The heap of a page is bounded: this one crashes within a second or two.
    "/greedy": b"<title>Greedy</title><script>const kept = []; for (;;) kept.push(new Array(1e6).fill(1.5));</script>",
}


class Handler(SimpleHTTPRequestHandler):
    """Serves `examples/site` and HOSTILE."""

    protocol_version = "HTTP/1.1"
    hostile: ClassVar[dict[str, bytes]] = HOSTILE

    def __init__(self, *given: Any) -> None:
        super().__init__(*given, directory=str(ROOT / "examples/site"))

    def do_GET(self) -> None:
        body = self.hostile.get(self.path)
        if body is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def serving_pages() -> AbstractContextManager[str]:
    """The origin under which `examples/site` and HOSTILE are served."""
    return serving(Handler)


def addresses(site: str, count: int) -> list[str]:
    """So many addresses of the bundled pages, in turn."""
    return [f"{site}/{PAGES[number % len(PAGES)]}.html" for number in range(count)]
