"""The pages of a soak: good ones, and one in twenty that crashes, never ends, eats memory or is huge."""

from typing import Any, ClassVar

from tests.end_to_end.test_render_pixels import Site

BAD: dict[str, bytes] = {
    "/crash": b"<title>Crash</title><script>const kept = []; for (;;) kept.push(new Array(1e6).fill(1.5));</script>",
    "/endless": b"<title>Endless</title><script>for (;;);</script>",
    # 640 MiB outside the script heap: no more, since others work on this machine.
    "/bomb": b"<title>Bomb</title><script>const kept = [];"
    b"setInterval(() => kept.length < 40 && kept.push(new Uint8Array(16 << 20).fill(1)), 10);</script>",
    "/huge": b"<title>Huge</title><body style='margin:0;height:90000px;background:linear-gradient(red,blue)'>",
}
ONE_BAD_IN = 20


class Pages(Site):
    """The bundled site, and the bad pages."""

    pages: ClassVar = BAD


def request_of(number: int, prefix: str, origin: str) -> dict[str, Any]:
    """The request of the message with this number, from 0; its id says whether its page is good."""
    if number % ONE_BAD_IN != ONE_BAD_IN - 1:
        return {"id": f"{prefix}good-{number:06d}", "url": f"{origin}/known.html"}
    path = list(BAD)[number // ONE_BAD_IN % len(BAD)]
    page = {"url": f"{origin}{path}", "timeoutMs": 8000, "fullPage": path == "/huge"}
    return {"id": f"{prefix}bad-{number:06d}", **page}
