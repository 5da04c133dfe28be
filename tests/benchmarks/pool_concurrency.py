"""`python -m tests.benchmarks.pool_concurrency`: what PoolConcurrency brings a worker with one vCPU.

One renderer bound to one core, in turns with 1, 2, 3, … pages at once: pictures a second of each beside one at a time.
"""

import json
import subprocess
import sys
import time
from http.server import ThreadingHTTPServer
from statistics import median
from threading import Thread
from typing import Annotated, Any

import typer

from shutterstep_cli.local.example_site import PAGES, SITE, quiet_handler
from shutterstep_cli.local.local_stack import ROOT


def per_second(urls: list[str], pictures: int, at_once: int) -> float:
    """Pictures a second of one renderer on one core, its browser warm."""
    command = ["taskset", "-c", "0", sys.executable, "-m", "tests.benchmarks.renderer_alone"]
    process = subprocess.Popen(
        [*command, str(pictures), str(at_once), *urls],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"
    seconds = time.monotonic() - started
    process.communicate(timeout=60)
    return pictures / seconds


class SlowSite(ThreadingHTTPServer):
    """The bundled pages, each connection answered `delay` seconds late: a site far away."""

    def __init__(self, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), quiet_handler(SITE))
        self.delay = delay
        Thread(target=self.serve_forever, daemon=True).start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """In the request's own thread."""
        time.sleep(self.delay)
        super().process_request_thread(request, client_address)


def main(
    pictures: Annotated[int, typer.Option(help="A turn.")] = 30,
    turns: Annotated[int, typer.Option(help="Of each; the median counts.")] = 3,
    most: Annotated[int, typer.Option(help="Pages at once, from 1 to this.")] = 4,
    delay: Annotated[float, typer.Option(help="Seconds that the site takes for each answer.")] = 0,
) -> None:
    """Measure, print one JSON object."""
    site = SlowSite(delay)
    urls = [f"http://127.0.0.1:{site.server_port}/{page}.html" for page in PAGES]
    measured: dict[int, list[float]] = {at_once: [] for at_once in range(1, most + 1)}
    for _ in range(turns):
        for at_once, found in measured.items():
            found.append(per_second(urls, pictures, at_once))
    site.shutdown()
    rate = {at_once: median(found) for at_once, found in measured.items()}
    told = {str(at_once): {"per_second": round(v, 2), "of_one": round(v / rate[1], 2)} for at_once, v in rate.items()}
    typer.echo(json.dumps({"delay": delay, "at_once": told}))


if __name__ == "__main__":
    typer.run(main)
