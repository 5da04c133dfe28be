"""`python -m tests.benchmarks.takers.one_picture REQUEST`: one picture in a browser of its own, and what it took.

Prints a JSON line: pixels, bytes, and the most memory that this process had before and after (MiB), without Chromium's.
"""

import asyncio
import json
import sys
from pathlib import Path

from renderer.browser.chromium import open_browser
from renderer.egress.addresses import parse_policy
from renderer.page.picture_bytes import load_pillow
from renderer.page.render import render

LOCAL = parse_policy("127.0.0.0/8")


async def main(request: str) -> None:
    """Renders the request, given as JSON text."""
    load_pillow()
    async with open_browser() as chromium:
        before = _most_mib()
        picture = await render(chromium, json.loads(request), LOCAL)
        found = {"width": picture.width, "height": picture.height, "bytes": len(picture.body)}
        print(json.dumps(found | {"before_mib": before, "after_mib": _most_mib()}))


def _most_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
