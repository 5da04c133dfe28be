"""Renders pages that fill a worker's memory or keep it busy, and measures the worker and another page beside each.

`python -m tests.security.exhaustion` prints a line of JSON for each: seconds of the neighbour's render alone and
beside it, and the largest memory of the worker's Python process in MiB.
"""

import itertools
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shutterstep_cli.local import local_pool
from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.pool import pool_of
from shutterstep_cli.stack.shots import Shot, follow, refresh, submit
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.security.exhaustion_pages import ALL, Exhausting
from tests.security.exhaustion_site import ExhaustionSite, exhaustion_site

MIB = 2**20
# What the Python process of a worker may use while it is attacked (SECURITY.md says so). No limit of the operating
# system holds it: the browsers that it starts would have that limit too.
WORKER_MIB = 256
# The time limit of the other page. Alone it takes a fraction of a second; a stall of this length makes it fail.
NEIGHBOUR_MS = 20_000
# The time limit of a page that exhausts.
ATTACK_MS = 4000
ENDED_WITHIN_SECONDS = 120


@dataclass(frozen=True)
class Fared:
    """The measurements beside one page; `outcome` is that page's own: picture, or the code of its error."""

    name: str
    outcome: str
    alone_seconds: float
    beside_seconds: float
    worker_mib: int


class Worker:
    """The one worker of a pool, which renders pages of a site."""

    def __init__(self, target: Target, site: ExhaustionSite) -> None:
        self._target, self._site = target, site
        self._numbers = itertools.count()
        pool = pool_of(target)
        assert pool is not None
        (task,) = pool.tasks
        self._process = int((task_logs() / f"{task}.pid").read_text())

    def beside(self, page: Exhausting, alone: float) -> Fared:
        """Sends the page, and small pages one after the other until it has ended."""
        attacker = self._send({"url": self._site.put(page.script), "timeoutMs": ATTACK_MS, **page.options})
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
    """Yields the measurements beside each page."""
    worker.neighbour()
    for page in pages:
        yield worker.beside(page, worker.neighbour())


def _status_kib(process: int, name: str) -> int:
    """VmHWM is the most memory a program had; getrusage would count that of the one it was started from as well."""
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    """The pages whose names hold the first argument, or all."""
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as home, worker(Path(home)) as attacked:
        for fared in attack(attacked, [page for page in ALL if only in page.name]):
            print(json.dumps(asdict(fared)), flush=True)


if __name__ == "__main__":
    main()
