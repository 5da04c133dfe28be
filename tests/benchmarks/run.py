"""`make bench`: Shutterstep beside the limit and its peers, on this machine, in one run."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.cold import measure_cold
from tests.benchmarks.contenders import ROOT
from tests.benchmarks.memory import largest, measure_memory
from tests.benchmarks.soak import soak
from tests.benchmarks.warm import measure

console = Console(stderr=True)


class Part(StrEnum):
    """What can be run alone."""

    warm = "warm"
    cold = "cold"
    memory = "memory"
    soak = "soak"


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="warm, cold, memory, soak; all when none is named")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="rounds of the warm part, each with everyone in it")] = 7,
    pictures: Annotated[int, typer.Option(min=6, help="pictures a round; a third for slow peers")] = 18,
    cold_rounds: Annotated[int, typer.Option(min=1, help="cold starts of each kind")] = 15,
    soak_pictures: Annotated[int, typer.Option(min=200, help="pictures of the soak, a multiple of 100")] = 1000,
    folder: Annotated[Path, typer.Option("--out", help="where the JSON and the plot go")] = Path("out/bench"),
    publish: Annotated[bool, typer.Option(help="put the results into docs/ as well")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the JSON instead of tables")] = False,
) -> None:
    """Measures, prints tables, and writes performance.json and performance.svg.

    Examples: `make bench`, `make bench PART=warm`, `make bench PART="cold soak"`, `make bench PUBLISH=1`.
    """
    chosen = parts or list(Part)
    warm = measure(rounds, pictures, console) if Part.warm in chosen else None
    cold = measure_cold(cold_rounds, console) if Part.cold in chosen else None
    soaked = soak(soak_pictures, console) if Part.soak in chosen else None
    needed = measure_memory(console, largest()) if Part.memory in chosen else None
    found = report.results(warm, cold, soaked, needed)
    report.write(found, folder)
    if publish:
        report.write(found, ROOT / "docs/performance")
        report.publish(found, ROOT / "docs/PERFORMANCE.md")
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        report.show(found, Console())
    console.log(f"{folder}/performance.json, {folder}/performance.svg")


if __name__ == "__main__":
    typer.run(main)
