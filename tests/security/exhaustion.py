"""Pages that fill a worker's memory or keep it busy, and how a worker of the pool and a neighbour fare beside each.

`python -m tests.security.exhaustion` prints a line of JSON for each: seconds of the neighbour's render alone and
beside it, and the largest memory of the worker's Python process in MiB.
"""

import itertools
import json
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shutterstep_cli.local import local_pool
from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.pool import pool_of
from shutterstep_cli.stack.shots import Shot, follow, refresh, submit
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.security.exhaustion_site import ExhaustionSite, exhaustion_site

MIB = 2**20
# What the Python process of a worker may use while it is attacked (docs/EGRESS.md says so). A limit of the operating
# system holds it, so that a worker that needs more fails.
WORKER_MIB = 256
# The deadline of a neighbour. Alone it takes a fraction of a second; a stall of this length fails it.
NEIGHBOUR_MS = 20_000
ENDED_WITHIN_SECONDS = 120


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
    Exhausting("long names of workers that are told of", "for (let i = 0; i < 8; i++) new Worker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})",
               {"locale": "de-DE"}),
    Exhausting("long names of shared workers",
               "for (let i = 0; i < 8; i++) new SharedWorker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})"),
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


class Worker:
    """The one worker of a pool, its memory limited from now on, which renders pages of a site."""

    def __init__(self, target: Target, site: ExhaustionSite) -> None:
        self._target, self._site = target, site
        self._numbers = itertools.count()
        pool = pool_of(target)
        assert pool is not None
        (task,) = pool.tasks
        self._process = int((task_logs() / f"{task}.pid").read_text())
        limit = _status_kib(self._process, "VmData") * 1024 + WORKER_MIB * MIB
        resource.prlimit(self._process, resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))

    def beside(self, page: Exhausting, alone: float) -> Fared:
        """Sends the page, and one neighbour after the other until it has ended."""
        attacker = self._send({"url": self._site.put(page.script), "timeoutMs": 6000, **page.options})
        beside = 0.0
        while not attacker.ended:
            beside = max(beside, self.neighbour(attacker))
        outcome = "picture" if attacker.status == "success" else str(attacker.error_code)
        peak = _status_kib(self._process, "VmHWM") // 1024
        return Fared(page.name, outcome, round(alone, 2), round(beside, 2), peak)

    def neighbour(self, *others: Shot) -> float:
        """Seconds of the render of a small page; `others` are followed as well, as far as they get meanwhile."""
        shot = self._send({"url": f"{self._site.origin}/neighbour", "timeoutMs": NEIGHBOUR_MS})
        follow(self._target, [shot], lambda: None, ENDED_WITHIN_SECONDS)
        for other in others:
            refresh(self._target, other)
        assert shot.status == "success", shot
        return shot.result["render_ms"] / 1000

    def _send(self, request: dict[str, Any]) -> Shot:
        return submit(self._target, {"id": f"exhaustion-{next(self._numbers)}", **request})


@contextmanager
def worker(home: Path) -> Iterator[Worker]:
    """A worker of a stack in `home`."""
    with stack_of_its_own(home, launcher=True), exhaustion_site() as site:
        local_pool.up(local_pool.Options(pool=1), lambda _line: None)
        yield Worker(local_target(), site)


def attack(worker: Worker, pages: Sequence[Exhausting]) -> Iterator[Fared]:
    """How the worker and a neighbour fared beside each page."""
    worker.neighbour()
    alone = max(worker.neighbour() for _ in range(3))
    for page in pages:
        yield worker.beside(page, alone)


def _status_kib(process: int, name: str) -> int:
    """VmHWM is the most memory a program had; getrusage would count that of the one it was started from as well."""
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """The pages whose names hold the first argument, or all."""
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as home, worker(Path(home)) as attacked:
        for fared in attack(attacked, [page for page in PAGES if only in page.name]):
            print(json.dumps(asdict(fared)), flush=True)


if __name__ == "__main__":
    main()
