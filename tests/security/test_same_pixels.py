"""Pages with heavy network traffic look the same with the guard as without it."""

import asyncio
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from PIL import Image
from websockets.sync.server import ServerConnection, serve

from renderer.browser.chromium import open_browser
from renderer.browser.chromium_flags import FLAGS
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.page.render import render
from tests.security.without_guard import WITHOUT_GUARD, renders_without_guard

pytestmark = [pytest.mark.security, pytest.mark.long]

HOSTS = 60
LARGE = 24 * 1024 * 1024
BLOCK = b"0123456789abcdef" * 4096

COLOURS = "".join(
    f"<img width=40 height=40 src='http://127.0.0.{host}:PORT/colour/{host}.svg'>" for host in range(1, HOSTS + 1)
)
SOCKETS = """<body style='margin:0;background:white'><script>
let heard = 0;
for (let i = 0; i < 20; i++) {
  const socket = new WebSocket('ws://127.0.0.1:SOCKETS/');
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { socket.send('a'.repeat(100000)); socket.send(new Uint8Array(300000)); };
  socket.onmessage = message => {
    heard += message.data.length ?? message.data.byteLength;
    if (heard === 20 * 400000) { document.body.style.background = 'rgb(0,128,0)'; }
  };
}
</script>"""
DOWNLOAD = """<body style='margin:0;background:white'><script>
fetch('/large').then(answer => answer.arrayBuffer()).then(async bytes => {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  document.body.innerText = bytes.byteLength + ' ' + Array.from(hash, one => one.toString(16)).join(' ');
  document.body.id = 'done';
  fetch('/upload', {method: 'POST', body: bytes.slice(0, 3000000)}).then(a => a.text()).then(text => {
    document.body.append(' ' + text); document.body.className = 'done'; });
});
</script>"""
REQUESTS: dict[str, dict[str, Any]] = {
    "/hosts": {},
    "/sockets": {"waitForSelector": "body[style*='128']"},
    "/download": {"waitForSelector": "body.done"},
}


class Busy(BaseHTTPRequestHandler):
    """Pages with many hosts, WebSockets, and a large download and upload."""

    protocol_version = "HTTP/1.1"
    sockets = 0

    def do_GET(self) -> None:
        port = str(self.server.server_address[1])
        if self.path.startswith("/colour/"):
            host = int(self.path[8:-4])
            rectangle = f"<rect width='99' height='99' fill='rgb({host * 4},{255 - host * 4},90)'/>"
            image = f"<svg xmlns='http://www.w3.org/2000/svg'>{rectangle}</svg>"
            self._answer(image.encode(), "image/svg+xml")
        elif self.path == "/large":
            self._answer(BLOCK * (LARGE // len(BLOCK)), "application/octet-stream")
        else:
            page = {"/hosts": COLOURS, "/sockets": SOCKETS, "/download": DOWNLOAD}.get(self.path, "")
            self._answer(page.replace("SOCKETS", str(self.sockets)).replace("PORT", port).encode(), "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(hashlib.sha256(body).hexdigest().encode(), "text/plain")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def busy_site() -> Iterator[str]:
    """The pages at every loopback address, and an echo of WebSockets."""

    def echo(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as sockets, ThreadingHTTPServer(("0.0.0.0", 0), BaseHTTPRequestHandler) as server:
        handler = type("WithSockets", (Busy,), {"sockets": sockets.socket.getsockname()[1]})
        server.RequestHandlerClass = handler
        for running in (sockets, server):
            Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        sockets.shutdown()


def pictures(site: str, flags: Sequence[str] = FLAGS) -> dict[str, bytes]:
    async def take() -> dict[str, bytes]:
        async with open_browser(flags=flags) as browser:
            policy = parse_policy(LOOPBACK)
            return {
                path: (await render(browser, {"url": site + path, **options}, policy)).body
                for path, options in REQUESTS.items()
            }

    return asyncio.run(take())


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, bytes], dict[str, bytes]]:
    with busy_site() as site:
        guarded = pictures(site)
        with renders_without_guard():
            return guarded, pictures(site, WITHOUT_GUARD)


@pytest.mark.parametrize("path", REQUESTS)
def test_a_page_looks_the_same_with_the_guard_as_without_it(path: str, both: tuple[dict[str, bytes], ...]) -> None:
    guarded, straight = (Image.open(io.BytesIO(pictures[path])).convert("RGB") for pictures in both)
    assert len(set(guarded.resize((64, 64)).getdata())) > 1 or path == "/sockets"
    assert guarded.tobytes() == straight.tobytes()


def test_the_pictures_of_all_hosts_are_there(both: tuple[dict[str, bytes], ...]) -> None:
    colours = set(Image.open(io.BytesIO(both[0]["/hosts"])).convert("RGB").getdata())
    assert {(host * 4, 255 - host * 4, 90) for host in range(1, HOSTS + 1)} <= colours
