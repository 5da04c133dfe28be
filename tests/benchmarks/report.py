"""What the benchmark shows: tables, JSON for scripts, a plot, and the tables of docs/PERFORMANCE.md."""

import json
import os
import platform
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib
from rich.console import Console
from rich.table import Table

from renderer.browser.chromium_flags import find_chromium
from tests.benchmarks.cold import Cold
from tests.benchmarks.contenders import LIMIT, OURS
from tests.benchmarks.memory import TASK_MIB, Needed
from tests.benchmarks.soak import Soaked
from tests.benchmarks.warm import Measured, best_peer, ratios

Row = tuple[str, ...]
START, END = "<!-- bench: made by `make bench PUBLISH=1` -->", "<!-- /bench -->"


def results(
    warm: list[Measured] | None, cold: Cold | None, soaked: Soaked | None, needed: list[Needed] | None = None
) -> dict[str, Any]:
    """All figures as one JSON object; a part that was not run is absent."""
    found: dict[str, Any] = {"machine": _machine()}
    if warm:
        found["warm"] = {one.name: {"wall_ms": one.wall, "cpu_ms": one.cpu} for one in warm}
        found["of_the_limit"] = ratios(warm, LIMIT)
        peer = best_peer(warm) if len(warm) > 2 else None
        found["over_best_peer"] = {"peer": peer, **ratios(warm, peer)} if peer else None
    if cold:
        found["cold"] = {"bare_ms": median(cold.bare), "ours_ms": median(cold.ours), "ratio": cold.ratio}
        found["cold_phases_ms"] = {name: median(times) for name, times in cold.phases.items()}
    if soaked:
        found["soak"] = {
            "memory_mib": soaked.memory,
            "memory_growth": soaked.memory_growth,
            "throughput_kept": soaked.throughput_kept,
            "outcomes": soaked.outcomes,
            "good_pages_missed": soaked.missed,
            "zombies": soaked.zombies,
            "processes_left": soaked.left,
        }
    if needed:
        found["memory"] = {one.name: asdict(one) for one in needed}
    return found


def tables(found: dict[str, Any]) -> dict[str, list[Row]]:
    """Each table's title and rows, the first its head."""
    made: dict[str, list[Row]] = {}
    if "warm" in found:
        rows = [(name, f"{one['cpu_ms']:.0f}", f"{one['wall_ms']:.0f}") for name, one in found["warm"].items()]
        made["Warm, two pages at once"] = [("", "CPU ms a picture", "wall ms a picture"), *rows]
    ratio_rows = _ratio_rows(found)
    if ratio_rows:
        made["Ratios (medians of the rounds)"] = [("", "measured", "wanted"), *ratio_rows]
    if "cold" in found:
        rows = [(name, f"{when:.0f}") for name, when in sorted(found["cold_phases_ms"].items(), key=lambda p: p[1])]
        bare = ("(bare `chromium --headless --screenshot`, to its end)", f"{found['cold']['bare_ms']:.0f}")
        made["Cold, from the start of the process"] = [("", "ms"), *rows, bare]
    if "memory" in found:
        rows = [
            (name, f"{one['width']} x {one['height']}", *(f"{one[what]:.0f}" for what in ("own_mib", "all_mib")))
            for name, one in found["memory"].items()
        ]
        made["Memory of large pictures"] = [("", "pixels", "more in our process, MiB", "all processes, MiB"), *rows]
    return made


def _ratio_rows(found: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    if "warm" in found:
        rows += _over("the limit", found["of_the_limit"], ">= 0.88")
        peer = found["over_best_peer"]
        rows += _over(peer["peer"], peer, ">= 1.20") if peer else []
    if "cold" in found:
        rows.append(("cold start over bare Chromium's", f"{found['cold']['ratio']:.2f}", "<= 1.35"))
    if "memory" in found:
        most = max(one["all_mib"] for one in found["memory"].values())
        rows.append(("memory of the largest picture over a task's", f"{most / TASK_MIB:.2f}", "<= 1.00"))
    if "soak" in found:
        soak = found["soak"]
        rows.append(("most memory after 100 pictures over that at 100", f"{soak['memory_growth']:.2f}", "<= 1.20"))
        rows.append(("throughput, last hundred over first", f"{soak['throughput_kept']:.2f}", "about 1"))
        rows.append(("zombies, processes left", f"{soak['zombies']}, {soak['processes_left']}", "0, 0"))
        rows.append(("good pages without a picture", str(soak["good_pages_missed"]), "0"))
    return rows


def _over(other: str, ratio: dict[str, Any], wanted: str) -> list[Row]:
    return [(f"throughput over that of {other}, {kind}", f"{ratio[kind]:.2f}", wanted) for kind in ("cpu", "wall")]


def show(found: dict[str, Any], console: Console) -> None:
    """Prints the tables."""
    for title, (head, *rows) in tables(found).items():
        table = Table(title=title)
        for number, name in enumerate(head):
            table.add_column(name, justify="left" if number == 0 else "right")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def write(found: dict[str, Any], folder: Path) -> None:
    """Writes performance.json and performance.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "performance.json").write_text(json.dumps(found, indent=2) + "\n")
    plot(found, folder / "performance.svg")


def publish(found: dict[str, Any], document: Path) -> None:
    """Puts the tables between the marks of docs/PERFORMANCE.md."""
    before, _, rest = document.read_text().partition(START)
    _, _, after = rest.partition(END)
    parts = [f"\n### {title}\n\n{_markdown(rows)}" for title, rows in tables(found).items()]
    machine = found["machine"]
    said = f"\n{machine['date']}, {machine['cores']} cores, {machine['chromium']}, Python {machine['python']}.\n"
    document.write_text(f"{before}{START}\n{said}{''.join(parts)}\n{END}{after}")


def _markdown(rows: list[Row]) -> str:
    head, *body = rows
    lines = [head, tuple("---" if n == 0 else "---:" for n in range(len(head))), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def plot(found: dict[str, Any], picture: Path) -> None:
    """CPU a picture of everyone, and the memory of the soak."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "shutterstep"
    figure, (bars, memory) = pyplot.subplots(1, 2, figsize=(11, 3.6), width_ratios=(3, 2))
    warm = found.get("warm", {})
    names = list(reversed(warm))
    colours = ["#1f6f8b" if name == OURS else "#9aa5ab" if name != LIMIT else "#d9b44a" for name in names]
    drawn = bars.barh(names, [warm[name]["cpu_ms"] for name in names], color=colours)
    bars.bar_label(drawn, fmt="%.0f", padding=3)
    bars.set(title="CPU a picture, warm, ms", xlabel="less is better")
    growth = found.get("soak", {}).get("memory_mib", {})
    memory.plot([int(count) for count in growth], list(growth.values()), color="#1f6f8b")
    memory.set(title="Soak: memory of all processes, MiB", xlabel="pictures")
    memory.set_ylim(bottom=0)
    for axes in (bars, memory):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})
    pyplot.close(figure)


def _machine() -> dict[str, Any]:
    version = subprocess.run([str(find_chromium()), "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "chromium": version,
        "python": platform.python_version(),
    }
