"""`shutterstep replay`: do again what ended without a picture; safe to run twice and to interrupt."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from shutterstep_cli.stack.dead_letters import DeadLetters
from shutterstep_cli.stack.failed_executions import (
    failed,
    redrive,
    restart,
    say_why_not_redrivable,
    say_why_not_restartable,
)
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target
from shutterstep_cli.terminal import progress_console
from shutterstep_cli.verbs.stack_option import choose_target

# Outcomes that a second try cannot change.
REFUSED = ("not_ours", "not_redrivable", "request_gone", "still_invalid")


def replay(
    source: Annotated[
        Literal["executions", "dlq"], typer.Option("--from", help="Failed executions, or the dead-letter queue.")
    ] = "executions",
    mode: Annotated[
        Literal["restart", "redrive"],
        typer.Option(help="restart: a new execution, original input. redrive: on AWS, go on where it was cut off."),
    ] = "restart",
    since: Annotated[float, typer.Option(help="Only those that stopped in the last so many hours.")] = 24,
    error_code: Annotated[str | None, typer.Option(help="Only with this error: Render.Timeout, …")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Only of this id.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only whose cause matches this regular expression.")] = None,
    rate: Annotated[float, typer.Option(help="Executions started a second.", min=0.1)] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a JSON line for each to this file.")] = None,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's lines instead of a table.")] = False,
) -> None:
    """Replay executions that are FAILED, TIMED_OUT or ABORTED, or messages of the dead-letter queue.

    Whatever succeeded meanwhile is skipped by the claim. Exit code 1 if any could not be replayed; its line says why.

    Examples: shutterstep replay --dry-run
              shutterstep replay --error-code Render.DnsFailure --since 6 --yes --report replay.jsonl
              shutterstep replay --from dlq --reason throttl
              shutterstep replay --mode redrive --stack shutterstep
    """
    pattern = _compiled(reason)
    target = choose_target(stack)
    _check(source, mode, target)
    after = datetime.now(UTC) - timedelta(hours=since)

    def wanted(line: ReplayItem) -> bool:
        return error_code in (None, line.error_code) and id_ in (None, line.id) and bool(pattern.search(line.reason))

    if source == "dlq":
        with DeadLetters(target) as letters:
            lines = [line for line in letters.lines(after) if wanted(line)]
            _run(lines, letters.send, rate, report, yes=yes, dry_run=dry_run, as_json=as_json)
    else:
        found = _reading(failed(target, after))
        lines = [line for line in found if wanted(line)]
        prepare, act = (say_why_not_restartable, restart) if mode == "restart" else (say_why_not_redrivable, redrive)
        for line in lines:
            prepare(target, line)
        _run(lines, lambda line: act(target, line), rate, report, yes=yes, dry_run=dry_run, as_json=as_json)
    if any(line.outcome in REFUSED for line in lines):
        raise typer.Exit(1)


def _compiled(reason: str | None) -> re.Pattern[str]:
    try:
        return re.compile(reason or "")
    except re.error as error:
        raise typer.BadParameter(f"no regular expression: {error}", param_hint="--reason") from error


def _check(source: str, mode: str, target: Target) -> None:
    if mode == "redrive" and source == "dlq":
        raise typer.BadParameter("a dead letter has no execution to redrive", param_hint="--mode")
    if mode == "redrive" and target.endpoint_url is not None:
        raise typer.BadParameter(
            "the embedded AWS has no RedriveExecution. Use --mode restart, or name a stack on AWS: --stack NAME",
            param_hint="--mode",
        )


def _reading(lines: Iterator[ReplayItem]) -> list[ReplayItem]:
    """Gives all of them and shows a count, because describing thousands takes a while."""
    found: list[ReplayItem] = []
    with progress_console().status("reading failed executions") as status:
        for line in lines:
            found.append(line)
            status.update(f"reading failed executions: {len(found)}")
    return found


def _run(
    lines: list[ReplayItem],
    act: Callable[[ReplayItem], None],
    rate: float,
    report: Path | None,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show the plan, ask, do it, say how it ended."""
    open_lines = [line for line in lines if line.outcome == "planned"]
    if not as_json:
        Console(highlight=False, markup=False).print(plan(lines) if lines else "nothing to replay")
    if open_lines and not dry_run:
        if not yes:
            typer.confirm(f"Replay {len(open_lines)}?", abort=True, err=True)
        _do(lines, act, rate, report)
    for line in lines if as_json else []:
        typer.echo(json.dumps(line.public()))
    if lines and not as_json:
        typer.echo(", ".join(f"{outcome}: {n}" for outcome, n in Counter(line.outcome for line in lines).items()))


def plan(lines: list[ReplayItem]) -> Table:
    """What would be done with each, or why nothing."""
    table = Table("id", "status", "error", "stopped at", "what happens")
    for line in lines:
        happens = "is replayed" if line.outcome == "planned" else f"{line.outcome}: {line.note}"
        table.add_row(line.id, line.status, line.error_code, line.stopped_at, happens)
    return table


def _do(lines: list[ReplayItem], act: Callable[[ReplayItem], None], rate: float, report: Path | None) -> None:
    """Replays one after the other, and writes each to the report at once, so that an interruption loses none."""
    for line in track(lines, "replaying", console=progress_console(), transient=True):
        if line.outcome == "planned":
            act(line)
            time.sleep(1 / rate)
        if report is not None:
            with report.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line.public()) + "\n")
