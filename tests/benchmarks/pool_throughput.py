"""`make bench-pool`: pictures a second through the whole stack, beside what the renderer alone does on the same cores.

Both take the same pages with the same number of browsers and pages at once, in turns, so that whatever else the machine
does strikes both; the figure is the ratio of the medians. The embedded AWS, which is on AWS somewhere else, runs on the
same cores here: on the stack's side everything is counted.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console

from shutterstep_cli.load.figures import Figures
from shutterstep_cli.load.load_plan import plan
from shutterstep_cli.local import local_pool, local_stack
from shutterstep_cli.local.example_site import PAGES, SITE, serve
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verbs.load_test import run

GOAL = 0.8


def renderers_alone(urls: list[str], messages: int, workers: int, concurrency: int) -> float:
    """Pictures a second of `workers` processes that share the messages."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.renderer_alone",
        str(messages // workers),
        str(concurrency),
        *urls,
    ]
    processes = [
        subprocess.Popen(command, cwd=local_stack.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    for process in processes:
        _expect(process, "ready")
    started = time.monotonic()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _expect(process, "done")
    seconds = time.monotonic() - started
    for process in processes:
        process.communicate(timeout=60)
    return messages // workers * workers / seconds


def _expect(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line == word, f"the renderer said {line!r} instead of {word!r}"


def whole_stack(target: Target, urls: list[str], messages: int, place: int) -> tuple[float, Figures]:
    """Pictures a second of the running stack, from the first send to the last finish, and the load test's figures."""
    prefix = f"bench-{os.getpid()}-{place}-"
    figures = run(target, plan(messages, prefix, urls), prefix, wait=900, kill=0, quiet=True)
    assert figures.passed, figures.as_json()
    return len(figures.of("rendered")) / figures.seconds, figures


def main(
    messages: Annotated[int, typer.Option(help="Pages of one turn.")] = 120,
    turns: Annotated[int, typer.Option(help="Of each; the median counts.")] = 3,
    workers: Annotated[int, typer.Option(help="Workers of the pool.")] = os.cpu_count() or 2,
    concurrency: Annotated[int, typer.Option(help="Pages at once in each.")] = 2,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File for the figures, JSON.")] = None,
) -> None:
    """Exit code 1 when the stack does less than 0.8 of what the renderer alone does."""
    console = Console(highlight=False)
    alone: list[float] = []
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as folder, serve(SITE) as origin:
        os.environ["SHUTTERSTEP_HOME"] = folder
        (Path(folder) / "cache").symlink_to(_cache())
        urls = [f"{origin}/{page}.html" for page in PAGES]
        try:
            local_pool.up(
                local_pool.Options(pool=workers, parameters=[f"PoolConcurrency={concurrency}"]), lambda _line: None
            )
            target = local_target()
            whole_stack(target, urls, 2 * workers * concurrency, place=0)  # a first one warms everything
            for turn in range(turns):
                alone.append(renderers_alone(urls, messages, workers, concurrency))
                whole.append(whole_stack(target, urls, messages, turn + 1)[0])
                console.print(f"turn {turn + 1}: alone {alone[-1]:.2f}/s, whole stack {whole[-1]:.2f}/s")
        finally:
            local_stack.down()
    ratio = median(whole) / median(alone)
    console.print(
        f"whole stack / renderer alone: {median(whole):.2f} / {median(alone):.2f} = {ratio:.2f} (goal {GOAL})"
    )
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        figures = {"alone_per_second": alone, "whole_per_second": whole, "ratio": round(ratio, 3), "workers": workers}
        output.write_text(json.dumps(figures), "utf-8")
    if ratio < GOAL:
        raise typer.Exit(1)


def _cache() -> Path:
    cache = local_stack.ROOT / ".shutterstep" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


if __name__ == "__main__":
    typer.run(main)
