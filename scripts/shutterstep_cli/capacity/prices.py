"""The cost of a request: the workflow around the picture, and the machine that renders it."""

from dataclasses import dataclass
from typing import Literal

from shutterstep_cli.capacity.facts import cold_start_seconds, facts, price

Mode = Literal["task", "pool"]
Architecture = Literal["x86", "arm"]


@dataclass(frozen=True)
class Work:
    """What AWS bills for one request besides the renderer's time. Units as in aws_quotas.json; starter_ms at 512 MB.

    A kilobyte written to the item is billed for the table, and again for the index `unfinished` while the item is in
    it.
    """

    transitions: float
    table_writes: float
    table_reads: float
    queue_calls: float
    starter_ms: float
    puts: float


# Counted in executions on the local stack by tests/end_to_end/test_load.py, which fails when these numbers change.
RENDERED: dict[Mode, Work] = {
    "task": Work(transitions=3, table_writes=5, table_reads=0, queue_calls=3, starter_ms=60, puts=1),
    "pool": Work(transitions=3, table_writes=5, table_reads=0, queue_calls=6, starter_ms=60, puts=1),
}
# Claim (a refused conditional write is billed too), LookUpOwner, WhySkip, Skip*.
SKIPPED = Work(transitions=4, table_writes=1, table_reads=1, queue_calls=3, starter_ms=60, puts=0)
STARTER_GB = 0.5
# rate(15 minutes): ten short queries and one call, measured on the local stack, with the smallest billed memory.
SWEEPS_A_MONTH, SWEEP_SECONDS, SWEEP_GB = 2880, 1, 0.0625


@dataclass(frozen=True)
class Machine:
    """The renderer's task: vCPUs, GB, architecture, share on Fargate Spot, and whether it has a public address."""

    vcpu: float = 1
    gb: float = 2
    architecture: Architecture = "x86"
    spot_share: float = 0
    public_ip: bool = True

    def dollars(self, seconds: float) -> float:
        """Returns the dollars for `seconds` of one task."""
        hour = self.vcpu * price(f"vcpu_hour_{self.architecture}") + self.gb * price(f"gb_hour_{self.architecture}")
        hour *= 1 - self.spot_share * facts()["spot_discount"]["share"]
        return (hour + (price("public_ip_hour") if self.public_ip else 0)) * seconds / 3600


def workflow_dollars(work: Work) -> dict[str, float]:
    """Returns the dollars that each service bills for one request, without the renderer's time."""
    return {
        "Step Functions": work.transitions * price("transition"),
        "DynamoDB": work.table_writes * price("table_write") + work.table_reads * price("table_read"),
        "SQS": work.queue_calls * price("queue_call"),
        "Lambda": price("invocation") + work.starter_ms / 1000 * STARTER_GB * price("lambda_gb_second"),
        "S3": work.puts * price("put"),
    }


def idle_dollars(mode: Mode) -> dict[str, float]:
    """Returns the monthly dollars, by what is billed, of a stack with alarms and without requests or pool workers."""
    counts = facts()["idle"][mode]
    return {
        "alarms": counts["alarm_metrics"] * price("alarm_metric_month"),
        "metrics": counts["metrics"] * price("metric_month"),
        "sweep": SWEEPS_A_MONTH * (price("express_request") + SWEEP_SECONDS * SWEEP_GB * price("express_gb_second")),
    }


def task_seconds(render_seconds: float) -> float:
    """Returns the billed seconds of a task for one picture: image pull, start and render; at least a minute."""
    return max(facts()["minimum_task_seconds"]["seconds"], cold_start_seconds() + render_seconds)


def renderer_dollars(mode: Mode, machine: Machine, render_seconds: float, slots: int, utilization: float) -> float:
    """Returns the machine's cost of one picture in dollars. A pool's worker is paid for while it waits as well."""
    if mode == "task":
        return machine.dollars(task_seconds(render_seconds))
    return machine.dollars(render_seconds / slots / utilization)


def request_dollars(
    mode: Mode, machine: Machine, render_seconds: float, duplicates: float, slots: int, utilization: float
) -> dict[str, float]:
    """Returns the mean cost of a request in dollars, by service; `duplicates` is the share of messages that skip."""
    rendered, skipped = workflow_dollars(RENDERED[mode]), workflow_dollars(SKIPPED)
    total = {name: (1 - duplicates) * rendered[name] + duplicates * skipped[name] for name in rendered}
    compute = renderer_dollars(mode, machine, render_seconds, slots, utilization)
    return {"Fargate": (1 - duplicates) * compute, **total}
