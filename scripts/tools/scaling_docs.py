"""Simulates the loads of docs/SCALING.md again, and writes its table, figures and plots. This takes some minutes."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.workflow_docs import between

ROOT = Path(__file__).resolve().parents[2]
SCALING = ROOT / "docs" / "SCALING.md"
IMAGES = ROOT / "docs" / "images"
BASE = "--render-seconds 5 --duplicates 0.1 --simulate"
DEFAULTS, VCPU, ALL = "--defaults", "--grant vcpu", ""
BURST = "--rate 100 --burst --messages"
LONG_POOL = (
    "--set PoolMaximum=500 --set PoolMinimum=0 --set PoolTimeoutSeconds=86280 --set ExecutionTimeoutSeconds=86400"
)
FEW_STARTS = "--set MaximumConcurrency=2"
SHORT_NAMES = {
    "fargate_vcpu": "vCPU",
    "run_task": "RunTask calls",
    "fargate_launch": "launches a second",
    "start_execution": "starts",
    "state_transition": "transitions a second",
    "task_answer": "answers",
    "task_heartbeat": "heartbeats",
}


@dataclass(frozen=True)
class Run:
    """A cell of the table: the command's options besides BASE, and the note that the document shows for them."""

    mode: str
    options: str
    note: str = ""

    def command(self) -> str:
        """Returns the command that gives the same figures."""
        return " ".join(f"shutterstep capacity {self.options} --mode {self.mode} {BASE}".split())

    def answer(self, plots: Path | None = None) -> dict[str, Any]:
        """Returns the figures of the mode as --json prints them: `plan` and `simulated`."""
        words = self.command().split()[1:] + (["--plots", str(plots)] if plots else [])
        command = [sys.executable, "-m", "shutterstep_cli", *words, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "scripts")
        found = json.loads(done.stdout)
        return {"plan": found[self.mode], "simulated": found["simulations"][0]}


def _rate(rate: int, mode: str, *notes: str) -> list[Run]:
    hours = notes or ("", "", "")
    return [
        Run(mode, f"--rate {rate} {options} {f'--messages {note}' if note else ''}", note)
        for options, note in zip((DEFAULTS, VCPU, ALL), hours, strict=True)
    ]


ROWS: dict[tuple[str, str], list[Run | None]] = {
    ("10/s", "task"): [*_rate(10, "task")],
    ("10/s", "pool"): [*_rate(10, "pool")],
    ("100/s", "task"): [*_rate(100, "task", "60000", "60000", "")],
    ("100/s", "pool"): [*_rate(100, "pool")],
    ("300/s", "task"): [*_rate(300, "task", "54000", "54000", "")],
    ("300/s", "pool"): [*_rate(300, "pool", "54000", "", "")],
    ("a million at once", "task"): [
        None,
        Run("task", f"{BURST} 1000000 {VCPU} {FEW_STARTS}", FEW_STARTS),
        Run("task", f"{BURST} 1000000 {FEW_STARTS}", FEW_STARTS),
    ],
    ("a million at once", "pool"): [
        Run("pool", f"{BURST} 1000000 {DEFAULTS}"),
        None,
        Run("pool", f"{BURST} 1000000 {LONG_POOL}", "long timeouts"),
    ],
}
TEN_THOUSAND = Run("task", f"{BURST} 10000 {VCPU}")
# The runs whose plots the document shows.
PLOTTED = [
    *(ROWS[load, mode][2] for load in ("10/s", "100/s", "300/s") for mode in ("task", "pool")),
    ROWS["a million at once", "task"][1],
    ROWS["a million at once", "pool"][2],
]


def main() -> int:
    """Runs every simulation and writes the document; returns the exit code."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    text = SCALING.read_text("utf-8")
    text = between(text, "<!-- simulation-table -->", "<!-- /simulation-table -->", "\n".join(table()))
    text = between(text, "<!-- simulation-burst -->", "<!-- /simulation-burst -->", burst(TEN_THOUSAND.answer()))
    SCALING.write_text(text, "utf-8")
    return 0


def table() -> Iterator[str]:
    """Yields the lines of the table; also writes the plots to docs/images."""
    yield "| load | mode | the defaults, 6 vCPU: `--defaults` | parameters set: `--grant vcpu` | all quotas granted |"
    yield "| --- | --- | --- | --- | --- |"
    for (load, mode), runs in ROWS.items():
        yield f"| {load} | {mode} | {' | '.join(cell(run) for run in runs)} |"


def cell(run: Run | None) -> str:
    """Returns the result of a run in the words of the table."""
    if run is None:
        return "-"
    with tempfile.TemporaryDirectory() as folder:
        found = run.answer(Path(folder) if run in PLOTTED else None)
        for plot in Path(folder).glob("*.png"):
            (IMAGES / plot.name).write_bytes(plot.read_bytes())
    return said(run, found)


def said(run: Run, found: dict[str, Any]) -> str:
    """Returns the result in words; percentages are of the messages that are not duplicates."""
    simulated = found["simulated"]
    failed = 100 * simulated["failed"] / (simulated["failed"] + simulated["rendered"])
    if failed:
        text = f"{_percent(failed)} % fail" + (
            f", the rest within {_time(simulated['seconds'])}" if failed < 50 else ""
        )
    elif "--burst" in run.options:
        text = f"all rendered within {_time(simulated['seconds'])}"
    else:
        tasks = f"{simulated['renderers_max']:,} {'workers' if run.mode == 'pool' else 'tasks'}"
        text = f"all rendered, p50 {simulated['p50_s']:.3g} s, p95 {simulated['p95_s']:.3g} s, {tasks}"
    filed = _filed(found["plan"]["needs"]) if DEFAULTS not in run.options and VCPU not in run.options else ""
    note = f"`--messages {run.note}`: " if run.note.isdigit() else f"`{run.note}`: " if "=" in run.note else ""
    return note + text + ("; to file: " + filed if filed and "--burst" not in run.options else "")


def burst(found: dict[str, Any]) -> str:
    """Returns the bullet about 10,000 at once in task mode."""
    simulated = found["simulated"]
    waiting = simulated["refused_launches"]
    share = 1000 * waiting * 0.000025 / simulated["rendered"]
    minutes = simulated["seconds"] / 60
    if simulated["failed"]:
        raise SystemExit("10,000 at once are no longer all rendered: the document says otherwise")
    return (
        f"- **10,000 at once** are all rendered as tasks within {minutes:.0f} minutes by the default launch rate;\n"
        f"  none is replayed. The waiting costs {waiting:,} transitions, ${share:.2f} per 1,000 pictures more:\n"
        f"  `{TEN_THOUSAND.command()}`"
    )


def _filed(needs: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"{need['to_file']:,.0f} {SHORT_NAMES[need['key']]}" for need in needs if need["to_file"] is not None
    )


def _percent(share: float) -> str:
    return f"{share:.1f}" if share > 99 or share < 1 else f"{share:.0f}"


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 7200 else f"{seconds / 60:.0f} minutes"


if __name__ == "__main__":
    raise SystemExit(main())
