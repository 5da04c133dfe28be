"""The pages that are pictured: the bundled site, pages that crash or never end, and large ones, on a loopback port."""

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
# By their queries so wide and so high, in CSS pixels. Noise is what no format makes small.
NOISE = b"""<title>Noise</title><body style="margin: 0"><script>
const given = new URLSearchParams(location.search), number = (name) => Number(given.get(name));
const noise = () => {
  const canvas = document.createElement("canvas"), drawn = canvas.getContext("2d");
  [canvas.width, canvas.height] = [number("width"), number("rows")];
  const image = drawn.createImageData(canvas.width, canvas.height), {data} = image;
  for (let start = 0; start < data.length; start += 65536) crypto.getRandomValues(data.subarray(start, start + 65536));
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  drawn.putImageData(image, 0, 0);
  return canvas;
};
"""
LARGE = {
    "/noise": NOISE
    + b"""document.body.style.background = `url(${noise().toDataURL()})`;
    document.body.style.height = `${number("height")}px`</script>""",
    "/plain": b"""<title>Plain</title><body style="margin: 0"><script>
    document.body.style.height = `${new URLSearchParams(location.search).get("height")}px`</script>""",
    "/canvases": NOISE + b"""for (let n = 0; n < number("count"); n++) document.body.append(noise())</script>""",
}


class Handler(SimpleHTTPRequestHandler):
    """Serves `examples/site`, HOSTILE and LARGE."""

    protocol_version = "HTTP/1.1"
    made: ClassVar[dict[str, bytes]] = HOSTILE | LARGE

    def __init__(self, *given: Any) -> None:
        super().__init__(*given, directory=str(ROOT / "examples/site"))

    def do_GET(self) -> None:
        body = self.made.get(self.path.partition("?")[0])
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
