"""Throughput with warm browsers: every contender in every round, each round in another order."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console

from tests.benchmarks.contender import Contender, Sample
from tests.benchmarks.contenders import LIMIT, OURS, SLOW, contenders
from tests.benchmarks.site import addresses, serving_pages

CONCURRENCY = 2


@dataclass
class Measured:
    """The rounds of one contender; `wall` and `cpu` are medians in milliseconds a picture."""

    name: str
    samples: list[Sample] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """Median wall time."""
        return 1000 * median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Median CPU time."""
        return 1000 * median(sample.cpu for sample in self.samples)


def measure(rounds: int, pictures: int, console: Console, only: tuple[str, ...] = ()) -> list[Measured]:
    """Each contender's rounds, the cheapest first; of a slow one a round has a third of the pictures."""
    with tempfile.TemporaryDirectory() as folder, serving_pages() as site, ExitStack() as running:
        chosen = [one for one in contenders(CONCURRENCY, Path(folder)) if not only or one.name in only]
        measured = {contender.name: Measured(contender.name) for contender in chosen}
        for contender in chosen:
            running.enter_context(contender)
            contender.take(addresses(site, CONCURRENCY * 2), CONCURRENCY)
        for number in range(rounds):
            for contender in chosen[number % len(chosen) :] + chosen[: number % len(chosen)]:
                measured[contender.name].samples.append(_round(contender, site, pictures))
                console.log(f"round {number + 1} of {rounds}: {contender.name}")
    return sorted(measured.values(), key=lambda one: one.cpu)


def ratios(measured: list[Measured], other: str) -> dict[str, float]:
    """How much less than `other` we need, as the median of the rounds: above 1 we are faster."""
    by_name = {one.name: one.samples for one in measured}
    pairs = list(zip(by_name[other], by_name[OURS], strict=True))
    return {
        "wall": median(theirs.wall / ours.wall for theirs, ours in pairs),
        "cpu": median(theirs.cpu / ours.cpu for theirs, ours in pairs),
    }


def best_peer(measured: list[Measured]) -> str:
    """The peer with the least CPU a picture."""
    return next(one.name for one in measured if one.name not in (LIMIT, OURS))


def _round(contender: Contender, site: str, pictures: int) -> Sample:
    share = 3 if contender.name in SLOW else 1
    return contender.take(addresses(site, max(CONCURRENCY, pictures // share)), CONCURRENCY)
