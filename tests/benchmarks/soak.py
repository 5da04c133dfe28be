"""A thousand pictures in one worker, some of pages that crash or never end: memory, zombies, throughput."""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from tests.benchmarks.contender import Contender
from tests.benchmarks.contenders import environment_of
from tests.benchmarks.process_tree import memory_bytes, tree, zombies
from tests.benchmarks.site import PAGES, serving_pages

CONCURRENCY = 2
BATCH = 50
MIB = 1024 * 1024


@dataclass
class Soaked:
    """What was seen; memory in MiB of the whole tree after so many pictures, `seconds` of each batch of BATCH."""

    memory: dict[int, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    zombies: int = 0
    left: int = 0

    @property
    def memory_growth(self) -> float:
        """The most memory after 100 pictures over that at 100: at the end a new browser may just have begun."""
        return max(mib for pictures, mib in self.memory.items() if pictures > 100) / self.memory[100]

    @property
    def throughput_kept(self) -> float:
        """Pictures a second of the last hundred over the first hundred."""
        batches = 100 // BATCH
        return sum(self.seconds[:batches]) / sum(self.seconds[-batches:])

    @property
    def missed(self) -> int:
        """Good pages that were not pictured."""
        return sum(count for code, count in self.outcomes["good"].items() if code != "picture")


def soak(pictures: int, console: Console) -> Soaked:
    """Takes so many pictures (a multiple of 100); 2 % of the pages crash, 2 % never end."""
    soaked = Soaked()
    counted: dict[str, Counter[str]] = {"good": Counter(), "endless": Counter(), "greedy": Counter()}
    with tempfile.TemporaryDirectory() as folder, serving_pages() as site:
        taker = [sys.executable, "-m", "tests.benchmarks.reaper", sys.executable, "-m", "tests.benchmarks.takers.soak"]
        with Contender("soak", taker, environment_of(CONCURRENCY, Path(folder))) as contender:
            for start in range(0, pictures, BATCH):
                kinds = [kind_of(number) for number in range(start, start + BATCH)]
                urls = [f"{site}/{page_of(kind, start + number)}" for number, kind in enumerate(kinds)]
                began = time.monotonic()
                outcomes = contender.order({"urls": urls, "concurrency": CONCURRENCY})["outcomes"]
                soaked.seconds.append(time.monotonic() - began)
                for kind, code in zip(kinds, outcomes, strict=True):
                    counted[kind][code] += 1
                soaked.memory[start + BATCH] = memory_bytes(contender.process) / MIB
                console.log(f"soak: {start + BATCH} of {pictures}, {soaked.memory[start + BATCH]:.0f} MiB")
            soaked.zombies = zombies(contender.process)
            family = {process.id for process in tree(contender.process)}
        soaked.left = sum(Path(f"/proc/{process}").exists() for process in family)
    soaked.outcomes = {kind: dict(counter) for kind, counter in counted.items()}
    return soaked


def kind_of(number: int) -> str:
    """Two in a hundred are endless, two greedy, spread evenly."""
    return {10: "endless", 35: "greedy"}.get(number % 50, "good")


def page_of(kind: str, number: int) -> str:
    """The path of the page."""
    return f"{PAGES[number % len(PAGES)]}.html" if kind == "good" else kind
