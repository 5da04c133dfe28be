"""Prints the results of `shutterstep capacity` for people."""

from pathlib import Path

from rich.console import Console

from shutterstep_cli.capacity.capacity_plan import CapacityPlan, Load, Need
from shutterstep_cli.capacity.comparison import Comparison
from shutterstep_cli.capacity.facts import facts
from shutterstep_cli.capacity.prices import Mode
from shutterstep_cli.capacity.scenario import Scenario
from shutterstep_cli.capacity.simulation import Result
from shutterstep_cli.tables import show_grid


def show_answers(console: Console, load: Load, chosen: Mode, answers: list[CapacityPlan]) -> None:
    """Prints both modes side by side, then for the chosen one the parameters to set and the quotas to raise."""
    console.print(
        f"{load.rate:g} requests/s, {load.duplicates:.0%} duplicates, {load.render_seconds:g} s a render, "
        f"{load.machine.vcpu:g} vCPU and {load.machine.gb:g} GB a task: [bold]{chosen} mode[/bold]"
    )
    rows = [
        ("tasks at once", *(f"{one.tasks:,}" for one in answers)),
        ("seconds, mean", *(f"{one.mean_s:.1f}" for one in answers)),
        ("seconds, p95", *(f"{one.p95_s:.1f}" for one in answers)),
        ("dollars per 1,000", *(f"{one.per_1000:.3f}" for one in answers)),
        *((f"of which {name}", *(f"{one.by_service[name]:.3f}" for one in answers)) for name in answers[0].by_service),
        ("dollars a month", *(f"{one.per_month:,.2f}" for one in answers)),
        ("a month when idle, workers apart", *(f"{one.idle_month:,.2f}" for one in answers)),
    ]
    show_grid(("", *(f"{one.mode} mode" for one in answers)), rows)
    hosted = (f"{one['name']} ${one['low']:.2f}" + _up_to(one) for one in facts()["hosted"])
    console.print(f"hosted, per 1,000: {', '.join(hosted)}")
    (found,) = (one for one in answers if one.mode == chosen)
    show_needs(console, found)


def _up_to(hosted: dict[str, float]) -> str:
    return f" to ${hosted['high']:.2f}" if hosted["high"] > hosted["low"] else ""


def show_needs(console: Console, found: CapacityPlan) -> None:
    """Prints the parameters to set, each quota, and which increases to request."""
    show_grid(("quota", "needed", "default", "request an increase to"), map(_quota, found.needs))
    console.print("parameters: " + " ".join(f"{name}={value}" for name, value in found.parameters.items()))
    console.print(f"quotas and list prices of {facts()['as_of']}, us-east-1: check them before you quote them")


def _quota(need: Need) -> tuple[str, ...]:
    file = f"{need.to_file:,.0f}" if need.to_file is not None else ""
    return f"{need.service}: {need.name}", f"{need.needed:,.0f}", f"{need.default:,.0f}", file


def show_results(console: Console, results: list[Result], plots: Path | None) -> None:
    """Prints the simulations side by side."""
    rows = [result.as_json() for result in results]
    names = [name for name in rows[0] if name not in ("scenario", "mode")]
    cells = ((name.replace("_", " "), *(_number(row[name]) for row in rows)) for name in names)
    show_grid(("simulated", *(row["scenario"] for row in rows)), cells)
    if plots is not None:
        console.print(f"plots in {plots}")


def show_comparison(console: Console, scenario: Scenario, found: Comparison) -> None:
    """Prints measured and simulated figures side by side."""
    settings, seconds = scenario.settings, scenario.render_seconds
    console.print(
        f"{settings.pool_minimum} workers of {settings.pool_concurrency} on {scenario.cores} cores, "
        f"{seconds:.2f} s of a core a render, {scenario.times.starter * 1000:.0f} ms a start"
    )
    errors = {name: f"{error:+.1%}" for name, error in found.errors.items()}
    rows = (
        (name, f"{value:.2f}", f"{found.simulated[name]:.2f}", errors.get(name, ""))
        for name, value in found.measured.items()
    )
    show_grid(("", "measured", "simulated", "error"), rows)
    console.print(f"mean distance of the finish curves: {found.curve_error:.1%} of the messages")


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
