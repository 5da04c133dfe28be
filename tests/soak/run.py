"""`python -m tests.soak.run --minutes 30`: stresses the whole stack for a long time, and checks what is left of it."""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from shutterstep_cli.load.evidence import executions, gather
from shutterstep_cli.load.load_plan import Message
from shutterstep_cli.load.records import Record, records
from shutterstep_cli.load.sending import Sent
from shutterstep_cli.load.watching import wait_for_rest
from shutterstep_cli.local import local_pool
from shutterstep_cli.local.example_site import SITE
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.local.task_killer import Killer
from shutterstep_cli.stack.pool import backlog_of
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.faults.run import wait_until_nothing_is_left
from tests.loopback import serving
from tests.soak.pages import Pages, request_of
from tests.soak.troubles import Meter, Redeployments, Stops, every

WORKERS = 3
KILL_SECONDS, STOP_SECONDS, REDEPLOY_SECONDS, SAMPLE_SECONDS = 20, 30, 300, 5
# More would only wait: the queue stays short, so that what is measured is the work.
IN_FLIGHT = 12
GROWTH = 1.3
PREFIX = "soak-"


def soak(minutes: float, home: Path, redeploy_seconds: float = REDEPLOY_SECONDS) -> dict[str, Any]:
    """The figures of a soak of so many minutes on a stack in `home`."""
    temporary = home / "tmp"
    temporary.mkdir()
    with ExitStack() as stack:
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(temporary)
        stack.callback(_restore, before)
        stack.enter_context(stack_of_its_own(home, launcher=True))
        local_pool.up(local_pool.Options(pool=WORKERS, parameters=["PoolVisibilityTimeout=30"]), lambda _line: None)
        figures = _under_fire(local_target(), minutes, home, redeploy_seconds, stack)
    return figures | {"left": wait_until_nothing_is_left(home)}


def _restore(before: str | None) -> None:
    del os.environ["TMPDIR"]
    if before is not None:
        os.environ["TMPDIR"] = before


def _under_fire(
    target: Target, minutes: float, home: Path, redeploy_seconds: float, stack: ExitStack
) -> dict[str, Any]:
    origin = stack.enter_context(serving(lambda *given: Pages(*given, directory=str(SITE))))
    stops, redeployments, meter = Stops(target), Redeployments(target), Meter(home, home / "tmp")
    with (
        Killer(KILL_SECONDS) as killer,
        every(STOP_SECONDS, stops.stop_one),
        every(redeploy_seconds, redeployments.redeploy),
        every(SAMPLE_SECONDS, meter.sample),
    ):
        sent = _send(target, origin, time.monotonic() + minutes * 60)
    rest = wait_for_rest(target, sent, PREFIX, 600, lambda _found: None)
    _wait_until_no_job(target)
    found = executions(target, PREFIX, sent[0].at)[0]
    evidence = gather(target, found, PREFIX, (one.message.id for one in sent), sent[0].at)
    ended = records(sent, evidence, may_be_queued=not rest.queue_empty)
    double = [id_ for id_, names in evidence.commits().items() if len(names) > 1]
    return {
        "minutes": minutes,
        "sent": len(sent),
        **_ends(ended, stops.ids),
        "rendered_twice": double,
        "workers_killed": killer.killed,
        "executions_stopped": len(stops.ids),
        "redeployments": redeployments.done,
        "redeployments_failed": redeployments.errors,
        "pictures_a_second": round(sum(one.outcome == "rendered" for one in ended) / (minutes * 60), 2),
        "memory_mib": _thirds(meter.memory),
        "disk_mib": _thirds(meter.disk),
    }


def _send(target: Target, origin: str, until: float) -> list[Sent]:
    """Messages as fast as they are rendered, until that moment."""
    sqs, queue, sent = target.client("sqs"), target.outputs["RequestQueueUrl"], []
    while time.monotonic() < until:
        if backlog_of(sqs, target.outputs["RenderQueueUrl"]).jobs >= IN_FLIGHT:
            time.sleep(0.2)
            continue
        request = request_of(len(sent), PREFIX, origin)
        body = json.dumps(request)
        answer = sqs.send_message(QueueUrl=queue, MessageBody=body)
        kind = "unique" if "good" in request["id"] else "failing"
        sent.append(Sent(Message(request["id"], kind, body, 0), answer["MessageId"], time.time()))
        time.sleep(0.05)
    return sent


def _wait_until_no_job(target: Target, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while backlog_of(target.client("sqs"), target.outputs["RenderQueueUrl"]).jobs and time.monotonic() < deadline:
        time.sleep(0.5)


def _ends(ended: Sequence[Record], stopped: set[str]) -> dict[str, Any]:
    innocent = [
        f"{one.id}: {one.detail}"
        for one in ended
        if one.kind == "unique" and one.outcome != "rendered" and one.id not in stopped
    ]
    outcomes = Counter(one.outcome for one in ended)
    return {
        "outcomes": dict(outcomes),
        "lost": [one.id for one in ended if one.outcome in ("lost", "unfinished", "unsent")],
        "innocent_failures": innocent,
        "failed": dict(Counter(one.detail for one in ended if one.outcome == "failed")),
    }


def _thirds(samples: list[float]) -> list[float]:
    """The median of each third of the time."""
    third = max(1, len(samples) // 3)
    parts = (samples[:third], samples[third : 2 * third], samples[2 * third :])
    return [round(median(part), 1) if part else 0.0 for part in parts]


def broken(figures: dict[str, Any]) -> list[str]:
    """What does not hold."""
    names = ("lost", "rendered_twice", "innocent_failures", "redeployments_failed", "left")
    found = [f"{name}: {figures[name]}" for name in names if figures[name]]
    for name, room in (("memory_mib", 300), ("disk_mib", 50)):
        first, _, last = figures[name]
        if last > first * GROWTH + room:
            found.append(f"{name} grew: {figures[name]}")
    return found


def main(
    minutes: Annotated[float, typer.Option(help="How long messages are sent.", min=0.1)] = 30,
    redeploy_every: Annotated[float, typer.Option(help="Seconds between two redeployments.")] = REDEPLOY_SECONDS,
) -> None:
    """Soak the whole stack; prints the figures as JSON. Exit code 1 when something does not hold.

    Example: python -m tests.soak.run --minutes 3 --redeploy-every 60
    """
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(minutes, Path(folder).resolve(), redeploy_every)
    typer.echo(json.dumps(figures, indent=1))
    for line in broken(figures):
        typer.secho(line, fg="red", err=True)
    if broken(figures):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
