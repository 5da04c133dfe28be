"""`shutterstep capacity`: what a load needs and costs on AWS, calculated and, with --simulate, also simulated."""

import json
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from shutterstep_cli.capacity import comparison as comparing
from shutterstep_cli.capacity.capacity_plan import CapacityPlan, Load, answer, choose
from shutterstep_cli.capacity.capacity_plots import all_plots
from shutterstep_cli.capacity.capacity_view import show_answers, show_comparison, show_results
from shutterstep_cli.capacity.facts import Quotas, RegionClass, facts, quotas
from shutterstep_cli.capacity.prices import Architecture, Machine, Mode
from shutterstep_cli.capacity.scenario import Scenario, SimulationSettings
from shutterstep_cli.capacity.simulation import Result, simulate
from shutterstep_cli.plotting import save
from shutterstep_cli.terminal import Working

# The names of template parameters, and the simulation's name for each.
PARAMETERS = {
    "BatchSize": "batch_size",
    "MaximumConcurrency": "maximum_concurrency",
    "VisibilityTimeout": "visibility_timeout",
    "ExecutionTimeoutSeconds": "execution_timeout",
    "PoolConcurrency": "pool_concurrency",
    "PoolTimeoutSeconds": "pool_timeout",
    "PoolMinimum": "pool_minimum",
    "PoolMaximum": "pool_maximum",
    "PoolTarget": "pool_target",
    "PoolScaleOutCooldown": "scale_out_cooldown",
    "PoolScaleInCooldown": "scale_in_cooldown",
}
Grant = Literal["none", "vcpu", "all"]
MODES: tuple[Mode, ...] = ("task", "pool")


def capacity(
    rate: Annotated[float | None, typer.Option(min=0.0001, help="Requests a second.")] = None,
    render_seconds: Annotated[float, typer.Option(min=0.01, help="Mean duration of a render, in seconds.")] = 5,
    duplicates: Annotated[
        float, typer.Option(min=0, max=0.99, help="Share of requests that are duplicates, 0 to 0.99.")
    ] = 0,
    mode: Annotated[Mode | None, typer.Option(help="Only this mode; without it, both.")] = None,
    region: Annotated[
        RegionClass, typer.Option(help="large: us-east-1, us-west-2, eu-west-1; small: others.")
    ] = "large",
    vcpu: Annotated[float, typer.Option(help="vCPUs of each task.")] = 1,
    memory: Annotated[float, typer.Option(help="Memory of each task, in GB.")] = 2,
    slots: Annotated[int, typer.Option(min=1, help="Pages a worker of the pool renders at once.")] = 2,
    architecture: Annotated[Architecture, typer.Option(help="CPU architecture of the tasks.")] = "x86",
    spot: Annotated[float, typer.Option(min=0, max=1, help="Share of the tasks on Fargate Spot, 0 to 1.")] = 0,
    wait: Annotated[float, typer.Option(min=1, help="Seconds a job may wait while the pool grows.")] = 60,
    run_simulation: Annotated[bool, typer.Option("--simulate", help="Simulate the load as well.")] = False,
    messages: Annotated[
        int | None, typer.Option(min=1, help="Messages to simulate; one hour at --rate if not given.")
    ] = None,
    burst: Annotated[bool, typer.Option("--burst", help="Simulate --messages all at once.")] = False,
    parameter: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Template parameter.")
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Simulate with default parameters and default quotas.")
    ] = False,
    grant: Annotated[
        Grant | None, typer.Option(help="Quota increases to assume; all if not given, none with --defaults.")
    ] = None,
    plots: Annotated[Path | None, typer.Option(help="Folder to write the plots to.")] = None,
    against: Annotated[
        Path | None, typer.Option("--compare", help="Records of a load test; simulate it and compare.")
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(help="Records of another load test, which kept the same pool busy.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of pool workers in both load tests.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the simulation's random numbers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Show mode, tasks, parameters, quota requests, latency and cost for a load, next to prices of hosted services.

    Examples: shutterstep capacity --rate 10 --render-seconds 5 --duplicates 0.2
              shutterstep capacity --rate 100 --simulate --plots out/capacity
              shutterstep capacity --rate 100 --burst --messages 1000000 --simulate --set PoolMaximum=500
              shutterstep capacity --calibrate out/load-test/A-records.json --compare out/load-test/B-records.json
    """
    if against is not None or calibrate is not None:
        _compare(against, calibrate, workers, slots, plots, as_json)
        return
    if rate is None:
        raise typer.BadParameter("give the requests a second, with --rate", param_hint="--rate")
    if burst and messages is None:
        raise typer.BadParameter("give the number of messages of the burst, with --messages", param_hint="--burst")
    if parameter and not run_simulation:
        raise typer.BadParameter("works only with --simulate: add it", param_hint="--set")
    changed = settings_of(parameter or [])
    machine = Machine(vcpu, memory, architecture, spot)
    load = Load(rate, render_seconds, duplicates, machine, slots, wait, region)
    answers = [answer(load, one) for one in MODES]
    if problem := answers[0].impossible:
        raise typer.BadParameter(problem, param_hint="--render-seconds")
    chosen = mode or choose(answers, quotas(region), load)
    results: list[Result] = []
    if run_simulation:
        count = messages or max(1, round(rate * 3600))
        for found in (one for one in answers if mode in (None, one.mode)):
            scenario = scenario_of(load, found, count, burst=burst, defaults=defaults, grant=grant, seed=seed)
            results.append(_simulated(replace(scenario, settings=replace(scenario.settings, **changed)), plots))
    if as_json:
        typer.echo(json.dumps(_json(chosen, answers, results)))
        return
    console = Console(highlight=False, soft_wrap=True)
    show_answers(console, load, chosen, answers)
    if results:
        show_results(console, results, plots)


def _json(chosen: Mode, answers: list[CapacityPlan], results: list[Result]) -> dict[str, Any]:
    return {
        "mode": chosen,
        "as_of": facts()["as_of"],
        **{found.mode: found.as_json() for found in answers},
        "hosted_per_1000": facts()["hosted"],
        "simulations": [result.as_json() for result in results],
    }


def settings_of(assignments: list[str]) -> dict[str, Any]:
    """Returns the simulation's settings for `NAME=VALUE` template parameters. Raises typer.BadParameter."""
    found: dict[str, Any] = {}
    types = {field.name: field.type for field in fields(SimulationSettings)}
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        if name not in PARAMETERS:
            raise typer.BadParameter(
                f"{name} is not a parameter of the simulation; these are: {', '.join(PARAMETERS)}", param_hint="--set"
            )
        try:
            found[PARAMETERS[name]] = int(value) if types[PARAMETERS[name]] is int else float(value)
        except ValueError:
            raise typer.BadParameter(f"{assignment}: {value!r} is not a number", param_hint="--set") from None
    return found


def scenario_of(
    load: Load, found: CapacityPlan, count: int, *, burst: bool, defaults: bool, grant: Grant | None, seed: int
) -> Scenario:
    """Returns the scenario of the load, under the recommended parameters or the template's own, with the granted
    quotas.
    """
    recommended = {} if defaults else settings_of([f"{k}={v}" for k, v in found.parameters.items() if k in PARAMETERS])
    return Scenario(
        mode=found.mode,
        messages=count,
        rate=None if burst else load.rate,
        render_seconds=load.render_seconds,
        duplicates=load.duplicates,
        task_vcpu=load.machine.vcpu,
        settings=replace(SimulationSettings(), **recommended),
        quotas=granted(quotas(load.region), found, grant or ("none" if defaults else "all")),
        seed=seed,
    )


def granted(limits: Quotas, found: CapacityPlan, grant: Grant) -> Quotas:
    """Returns the quotas after AWS has granted the increases that the plan asks for: all of them, or only the vCPUs."""
    names = {
        "fargate_vcpu": "vcpus",
        "start_execution": "start_rate",
        "state_transition": "transition_rate",
        "task_answer": "answer_rate",
        "task_heartbeat": "heartbeat_rate",
        "open_executions": "open_executions",
        "run_task": "run_task_rate",
        "fargate_launch": "launch_rate",
        "tasks_per_service": "tasks_per_service",
    }
    wanted = {"none": set(), "vcpu": {"fargate_vcpu"}, "all": set(names)}[grant]
    filed = {names[need.key]: need.to_file for need in found.needs if need.to_file is not None and need.key in wanted}
    return replace(limits, **filed)


def _simulated(scenario: Scenario, plots: Path | None) -> Result:
    with Working(f"simulating {scenario.name}") as work:
        result = simulate(scenario, lambda share: work.update(f"simulating {scenario.name}: {share:.0%}"))
    if plots is not None:
        save(all_plots(result), plots / f"{file_name(scenario)}.png", title=scenario.name, columns=2)
    return result


def file_name(scenario: Scenario) -> str:
    """Returns the file name of the scenario's plot, without its ending."""
    load = f"{scenario.rate:g}-per-second" if scenario.rate else f"burst-{scenario.messages}"
    return f"simulation-{load}-{scenario.mode}"


def _compare(
    against: Path | None, calibrate: Path | None, workers: int, slots: int, plots: Path | None, as_json: bool
) -> None:
    if against is None or calibrate is None:
        raise typer.BadParameter("needs --calibrate with the records of another load test", param_hint="--compare")
    try:
        scenario = comparing.calibrated(comparing.read_records(calibrate), workers, slots, os.cpu_count() or 1)
        found = comparing.compare(scenario, comparing.read_records(against))
    except comparing.RecordsError as error:
        raise typer.BadParameter(str(error), param_hint="--compare") from error
    if plots is not None:
        save(comparing.plot(found), plots / "simulation-against-load-test.png", title="Simulation against load test")
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        show_comparison(Console(highlight=False), scenario, found)
