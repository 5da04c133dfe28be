"""What a load needs, calculated: mode, workers, parameters, quota requests, latency and cost."""

from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any

from shutterstep.request import schema
from shutterstep_cli.capacity.facts import Quotas, RegionClass, cold_start_seconds, facts, quotas
from shutterstep_cli.capacity.prices import Machine, Mode, idle_dollars, request_dollars
from shutterstep_cli.capacity.queueing import mean_wait
from shutterstep_cli.capacity.scenario import Times

# The share of a quota, or of a worker's time, to plan for, so that a steady load stays below the limit.
UTILIZATION = 0.7
SECONDS_A_MONTH = 30 * 86400
STATES = {"rendered": 3, "skipped": 4}
# Seconds between two heartbeats of a render to Step Functions; the first comes at the render's start.
BEAT_SECONDS: dict[Mode, float] = {"task": 10, "pool": 60}


@dataclass(frozen=True)
class Load:
    """Requests a second, seconds a render takes, the share of requests that are duplicates, and the renderer's machine.

    `slots` are the pages a worker renders at once; `wait` is how many seconds a job may wait while the pool grows.
    """

    rate: float
    render_seconds: float
    duplicates: float = 0
    machine: Machine = field(default_factory=Machine)
    slots: int = 2
    wait: float = 60
    region: RegionClass = "large"

    @property
    def renders(self) -> float:
        """Returns the pictures rendered a second."""
        return self.rate * (1 - self.duplicates)


@dataclass(frozen=True)
class Need:
    """A quota and how much of it the load needs, both in the quota's own unit."""

    key: str
    name: str
    service: str
    needed: float
    default: float

    @property
    def to_file(self) -> float | None:
        """Returns the value to ask AWS for; None if the default is enough."""
        return None if self.needed <= self.default else float(ceil(self.needed))


@dataclass(frozen=True)
class CapacityPlan:
    """What one mode needs and costs for a load, in dollars and seconds.

    `impossible` says why the mode cannot carry the load; otherwise it is empty.
    """

    mode: Mode
    tasks: int
    needs: list[Need]
    mean_s: float
    p95_s: float
    per_1000: float
    per_month: float
    idle_month: float
    by_service: dict[str, float]
    parameters: dict[str, str]
    impossible: str = ""

    def as_json(self) -> dict[str, Any]:
        """Returns plain numbers, with the quotas to raise in a list of their own."""
        found = asdict(self)
        found["needs"] = [asdict(need) | {"to_file": need.to_file} for need in self.needs]
        return found


def answer(load: Load, mode: Mode) -> CapacityPlan:
    """Returns what this mode needs for the load."""
    limits = quotas(load.region)
    tasks = workers(load) if mode == "pool" else tasks_at_once(load)
    seconds = latency(load, mode, tasks)
    utilization = load.renders * load.render_seconds / (tasks * load.slots) if mode == "pool" else 1
    parts = request_dollars(mode, load.machine, load.render_seconds, load.duplicates, load.slots, utilization)
    each = sum(parts.values())
    return CapacityPlan(
        mode=mode,
        tasks=tasks,
        needs=needs(load, mode, tasks, limits),
        mean_s=round(seconds[0], 2),
        p95_s=round(seconds[1], 2),
        per_1000=round(1000 * each, 4),
        per_month=round(each * load.rate * SECONDS_A_MONTH, 2),
        idle_month=round(sum(idle_dollars(mode).values()), 2),
        by_service={name: round(1000 * part, 4) for name, part in parts.items()},
        parameters=parameters(load, mode, tasks),
        impossible=impossible(load),
    )


def workers(load: Load) -> int:
    """Returns the workers of a steady pool in which each worker is busy for the share UTILIZATION of the time."""
    return max(1, ceil(load.renders * load.render_seconds / load.slots / UTILIZATION))


def tasks_at_once(load: Load) -> int:
    """Returns the tasks that run at once when each picture has its own (Little's law)."""
    return max(1, ceil(load.renders * (cold_start_seconds() + load.render_seconds)))


def latency(load: Load, mode: Mode, tasks: int) -> tuple[float, float]:
    """Returns mean and 95th percentile of the seconds from send to finish in a steady state.

    Renders are assumed log-normal, with standard deviation / mean of 0.5.
    """
    times = Times()
    around = times.invocation + times.starter + STATES["rendered"] * times.state + times.answer
    tail = 1.94  # 95th percentile / mean of that distribution
    if mode == "task":
        steady = around + times.cold_start
        return steady + load.render_seconds, steady + tail * load.render_seconds
    wait = mean_wait(tasks * load.slots, load.renders, load.render_seconds, variation=0.5)
    return around + wait + load.render_seconds, around + 3 * wait + tail * load.render_seconds


def needs(load: Load, mode: Mode, tasks: int, limits: Quotas) -> list[Need]:
    """Returns each quota that the load affects, with room above the steady state."""
    transitions = load.renders * STATES["rendered"] + load.rate * load.duplicates * STATES["skipped"]
    open_executions = load.rate * (latency(load, mode, tasks)[1] + (load.wait if mode == "pool" else 0))
    beats = load.renders * (1 + load.render_seconds // BEAT_SECONDS[mode])
    room = 2 * tasks if mode == "pool" else ceil(tasks / UTILIZATION)
    found = [
        _need("start_execution", load.rate / UTILIZATION, limits.start_rate),
        _need("state_transition", transitions / UTILIZATION, limits.transition_rate),
        _need("task_answer", load.renders / UTILIZATION, limits.answer_rate),
        _need("task_heartbeat", beats / UTILIZATION, limits.heartbeat_rate),
        _need("open_executions", open_executions, limits.open_executions),
        _need("fargate_vcpu", room * load.machine.vcpu, limits.vcpus),
    ]
    if mode == "pool":
        return [*found, _need("tasks_per_service", room, limits.tasks_per_service)]
    launches = load.renders / UTILIZATION
    return [
        *found,
        _need("run_task", launches, limits.run_task_rate),
        _need("fargate_launch", launches, limits.launch_rate),
    ]


def _need(key: str, needed: float, default: float) -> Need:
    quota = facts()["quotas"][key]
    return Need(key, quota["name"], quota["service"], round(needed, 2), default)


def parameters(load: Load, mode: Mode, tasks: int) -> dict[str, str]:
    """Returns the template's parameters to set; the others keep their defaults."""
    times = Times()
    batch = 1 if load.rate < 100 else 10
    concurrency = ceil(load.rate * (times.starter + times.invocation / batch) / UTILIZATION)
    found = {
        "RenderMode": mode,
        "BatchSize": str(batch),
        "MaximumConcurrency": str(min(1000, max(2, concurrency))),
    }
    if mode == "task":
        return found
    return found | {
        "PoolConcurrency": str(load.slots),
        "PoolMinimum": str(tasks),
        "PoolMaximum": str(2 * tasks),
        "PoolTarget": str(target(load)),
    }


def target(load: Load) -> int:
    """Returns the jobs for each worker above which the pool grows.

    They are the jobs a worker renders within `wait`, and at least as many as its busy slots.
    """
    return max(load.slots + 1, ceil(load.slots * load.wait / load.render_seconds))


def impossible(load: Load) -> str:
    """Returns why the load cannot be carried even if quotas are granted; empty if it can."""
    longest = schema()["properties"]["timeoutMs"]["maximum"] / 1000
    if load.render_seconds > longest:
        return f"a render of {load.render_seconds:g} s: a request's timeoutMs allows {longest:g} s at most"
    return ""


def choose(answers: list[CapacityPlan], limits: Quotas, load: Load) -> Mode:
    """Returns the cheaper mode, but task mode only if its launches fit into the default launch rate."""
    launches_fit = load.renders / UTILIZATION <= min(limits.run_task_rate, limits.launch_rate)
    price = {found.mode: found.per_month for found in answers}
    return "task" if launches_fit and price["task"] < price["pool"] else "pool"
