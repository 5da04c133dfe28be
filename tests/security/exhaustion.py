"""Pages that fill a worker's memory or keep it busy, and how a worker and a neighbour fare beside each.

`python -m tests.security.exhaustion` prints a line of JSON for each: seconds of the neighbour alone and beside it, and
the largest memory of the worker's Python process in MiB.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.jobs.warm_browser import WarmBrowser
from shutterstep.errors import RenderError
from tests.security.exhaustion_site import exhaustion_site

MIB = 2**20
# What the Python process of a worker may use while it is attacked (docs/EGRESS.md says so). A limit of the operating
# system holds it, so that a worker that needs more fails.
WORKER_MIB = 256
# Its deadline. Alone it takes a fraction of a second; a stall of this length fails it.
NEIGHBOUR_MS = 20_000


@dataclass(frozen=True)
class Exhausting:
    """A page's script, and options of the request that makes it worse."""

    name: str
    script: str
    options: dict[str, Any] = field(default_factory=dict)


LONG = "const long = 'x'.repeat(2 ** 27);"
FLOOD = "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) BODY }, 1);"
# ruff: noqa: E501 (a script a line)
PAGES = [
    Exhausting("a WebSocket message of 150 kB that inflates to 150 MB", "new WebSocket('WS/text')"),
    Exhausting("a binary WebSocket message that inflates", "new WebSocket('WS/binary')"),
    Exhausting("a WebSocket message that is sent", f"{LONG} const s = new WebSocket('WS/quiet'); s.onopen = () => s.send(long);"),
    Exhausting("an event of a stream", "new EventSource('SITE/events')"),
    Exhausting("long words in the console", f"{LONG} for (let i = 0; i < 8; i++) console.log(long)"),
    Exhausting("long errors in the console", f"{LONG} for (let i = 0; i < 8; i++) console.error(long)"),
    Exhausting("many words in the console", FLOOD.replace("BODY", "console.log('a', {b: [1, 2, 3]});")),
    Exhausting("many errors in the console", FLOOD.replace("BODY", "console.error(new Error('a'));")),
    Exhausting("a long error", f"{LONG} setTimeout(() => {{ throw new Error(long) }})"),
    Exhausting("a long rejection", f"{LONG} Promise.reject(long)"),
    Exhausting("a long title", f"{LONG} document.title = long"),
    Exhausting("a long history", "for (let i = 0; i < 50; i++) history.pushState(1, '', '#' + i + 'x'.repeat(2 ** 20))"),
    Exhausting("a long dialog", f"{LONG} alert(long)"),
    Exhausting("long addresses", "for (let i = 0; i < 40; i++) new Image().src = 'data:image/png;base64,' + 'A'.repeat(2 ** 23) + i"),
    Exhausting("many addresses", FLOOD.replace("BODY", "fetch('data:,' + Math.random());")),
    Exhausting("long bodies", "const body = 'x'.repeat(2 ** 26); for (let i = 0; i < 4; i++) fetch('SITE/take', {method: 'POST', body});",
               {"block": ["ads"]}),
    Exhausting("long names of workers", "for (let i = 0; i < 8; i++) new Worker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})"),
    Exhausting("long names of frames",
               "for (let i = 0; i < 20; i++) { const f = document.createElement('iframe'); f.name = 'x'.repeat(2 ** 23); document.body.append(f) }",
               {"block": ["cookieBanners"]}),
    Exhausting("a long value of the request's script", "", {"javascript": "'x'.repeat(2 ** 28)"}),
    Exhausting("a page that answers for our scripts",
               "for (const name of ['autoconsentSendMessage', 'autoconsentAnswer']) Object.defineProperty(window, name, {get: () => ({}), set() {}});"
               f"{LONG} Object.prototype.toJSON = () => long; String.prototype.slice = () => long;",
               {"block": ["cookieBanners"]}),
]  # fmt: skip


@dataclass(frozen=True)
class Fared:
    """How the worker fared beside one page; `outcome` is the page's own: picture, or the code of its error."""

    name: str
    outcome: str
    alone_seconds: float
    beside_seconds: float
    worker_mib: int


async def attack(pages: Sequence[Exhausting]) -> list[Fared]:
    """Each page in a warm browser, and a neighbour that begins while it loads."""
    with exhaustion_site() as site:
        async with WarmBrowser(policy=parse_policy(LOOPBACK)) as browser:
            await _neighbour(browser, site.origin)
            alone = max([await _neighbour(browser, site.origin) for _ in range(3)])
            resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + WORKER_MIB * MIB, resource.RLIM_INFINITY))
            fared = []
            for page in pages:
                fared.append(await _beside(browser, site, page, alone))
                print(json.dumps(asdict(fared[-1])), flush=True)
            return fared


async def _beside(browser: WarmBrowser, site: Any, page: Exhausting, alone: float) -> Fared:
    request = {"url": site.put(page.script), "timeoutMs": 6000, **page.options}
    attacker = asyncio.ensure_future(_outcome(browser, request))
    beside = 0.0
    while not attacker.done():
        beside = max(beside, await _neighbour(browser, site.origin))
    return Fared(page.name, await attacker, round(alone, 2), round(beside, 2), _peak_mib())


async def _neighbour(browser: WarmBrowser, origin: str) -> float:
    started = time.monotonic()
    await browser.render({"url": f"{origin}/neighbour", "timeoutMs": NEIGHBOUR_MS})
    return time.monotonic() - started


async def _outcome(browser: WarmBrowser, request: dict[str, Any]) -> str:
    try:
        await browser.render(request)
    except RenderError as error:
        return error.code
    return "picture"


def _data_bytes() -> int:
    return _status_kib("VmData") * 1024


def _peak_mib() -> int:
    """The most memory this program had; getrusage would count that of the process it was started from as well."""
    return _status_kib("VmHWM") // 1024


def _status_kib(name: str) -> int:
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:"))


def main() -> None:
    """The pages whose names hold the first argument, or all."""
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    asyncio.run(attack([page for page in PAGES if only in page.name]))


if __name__ == "__main__":
    main()
