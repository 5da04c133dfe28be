"""`shutterstep replay`: start failed executions again with their original input; safe to run twice."""

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from scripts.target import Target, choose_target

REPLAYABLE = ("FAILED", "TIMED_OUT", "ABORTED")
# An execution's name holds 80 characters, and the old one may fill them: its hash keeps the new one distinct.
KEPT_OF_THE_NAME = 69


@dataclass
class Replay:
    """One failed execution and what became of it: `outcome` is planned, started or already_replayed."""

    id: str
    status: str
    error_code: str
    reason: str
    stopped_at: str
    old_execution: str
    input: str
    new_execution: str = ""
    outcome: str = "planned"

    def line(self) -> dict[str, str]:
        """For the report; the input stays where it is."""
        return {name: value for name, value in asdict(self).items() if name != "input"}


def replay(
    since: Annotated[float, typer.Option(help="Only those that stopped in the last so many hours.")] = 24,
    error_code: Annotated[str | None, typer.Option(help="Only with this error: Render.Timeout, …")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Only of this id.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only whose cause matches this regular expression.")] = None,
    rate: Annotated[float, typer.Option(help="Executions started a second.", min=0.1)] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be started.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a JSON line for each execution to this file.")] = None,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's lines instead of a table.")] = False,
) -> None:
    """Start FAILED, TIMED_OUT and ABORTED executions again. An id that succeeded meanwhile is skipped by the claim.

    Examples: shutterstep replay --dry-run
              shutterstep replay --error-code Render.DnsFailure --since 6 --yes --report replay.jsonl
    """
    pattern = _compiled(reason)
    target = choose_target(stack)
    wanted = [
        one
        for one in failed(target, datetime.now(UTC) - timedelta(hours=since))
        if error_code in (None, one.error_code) and id_ in (None, one.id) and pattern.search(one.reason)
    ]
    if not as_json:
        Console(highlight=False).print(plan(wanted) if wanted else "nothing to replay")
    if wanted and not dry_run:
        if not yes:
            typer.confirm(f"Start {len(wanted)} executions?", abort=True, err=True)
        start_all(target, wanted, rate, report)
    for one in wanted if as_json else []:
        typer.echo(json.dumps(one.line()))
    if not as_json and wanted:
        typer.echo(", ".join(f"{outcome}: {n}" for outcome, n in Counter(one.outcome for one in wanted).items()))


def _compiled(reason: str | None) -> re.Pattern[str]:
    try:
        return re.compile(reason or "")
    except re.error as error:
        raise typer.BadParameter(f"no regular expression: {error}", param_hint="--reason") from error


def failed(target: Target, since: datetime) -> Iterator[Replay]:
    """The executions that ended without a picture, the newest first of each status."""
    sfn = target.client("stepfunctions")
    pages = sfn.get_paginator("list_executions")
    for status in REPLAYABLE:
        found = pages.paginate(stateMachineArn=target.outputs["StateMachineArn"], statusFilter=status)
        for execution in found.search("executions[]"):
            if execution["stopDate"] >= since:
                yield _described(sfn.describe_execution(executionArn=execution["executionArn"]))


def _described(execution: dict[str, Any]) -> Replay:
    return Replay(
        id=json.loads(execution["input"])["id"],
        status=execution["status"],
        error_code=execution.get("error") or "",
        reason=execution.get("cause") or "",
        stopped_at=execution["stopDate"].astimezone(UTC).isoformat(timespec="milliseconds"),
        old_execution=execution["executionArn"],
        input=execution["input"],
    )


def plan(wanted: list[Replay]) -> Table:
    """What would be started."""
    table = Table("id", "status", "error", "stopped at")
    for one in wanted:
        table.add_row(one.id, one.status, one.error_code, one.stopped_at)
    return table


def start_all(target: Target, wanted: list[Replay], rate: float, report: Path | None) -> None:
    """Start one after the other; each is written to the report as soon as it is done, so that a break loses none."""
    for one in track(wanted, "replaying", console=Console(stderr=True), transient=True):
        start(target, one)
        if report is not None:
            with report.open("a", encoding="utf-8") as file:
                file.write(json.dumps(one.line()) + "\n")
        time.sleep(1 / rate)


def start(target: Target, one: Replay) -> None:
    """The new name is made from the old one alone: a second run finds it taken, and starts nothing."""
    sfn = target.client("stepfunctions")
    name = replay_name(one.old_execution.rpartition(":")[2])
    one.new_execution = f"{one.old_execution.rpartition(':')[0]}:{name}"
    try:
        sfn.start_execution(stateMachineArn=target.outputs["StateMachineArn"], name=name, input=one.input)
    except sfn.exceptions.ExecutionAlreadyExists:
        one.outcome = "already_replayed"
    else:
        one.outcome = "started"


def replay_name(name: str) -> str:
    """The name of the execution that replays the one of this name; at most 80 characters, the same each time."""
    return f"{name[:KEPT_OF_THE_NAME]}-r{hashlib.sha256(name.encode()).hexdigest()[:9]}"
