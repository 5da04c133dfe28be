"""`shutterstep replay`: retries what ended without a picture; safe to run twice and to interrupt."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from shutterstep_cli.local.stack_status import watched
from shutterstep_cli.stack.dead_letters import DeadLetters
from shutterstep_cli.stack.endings import Follower
from shutterstep_cli.stack.failed_executions import (
    failed,
    redrive,
    restart,
    say_why_not_redrivable,
    say_why_not_restartable,
    without_a_picture,
)
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import Column, show_table
from shutterstep_cli.terminal import Working, confirm, progress_console
from shutterstep_cli.trouble import CommandError
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import file_to_write
from shutterstep_cli.verbs.time_option import time_ago
from shutterstep_cli.workflow.history import message_of

# Errors that a second attempt cannot repair, and ways in which --wait may end without a picture.
NO_PICTURE = ("not_ours", "not_redrivable", "request_gone", "still_invalid", "failed", "running")
FOLLOW_SECONDS = 1.0
COLUMNS = (
    Column("id", 0, least=12), Column("what", 1, least=14, title="what happens"), Column("error", 2, least=20),
    Column("url", 3, least=24), Column("stopped_at", 5), Column("status", 4), Column("message_id", 6),
)  # fmt: skip


def replay(
    source: Annotated[
        Literal["executions", "dlq"],
        typer.Option("--from", help="What to replay: failed executions, or the dead-letter queue."),
    ] = "executions",
    mode: Annotated[
        Literal["restart", "redrive"],
        typer.Option(help="restart: new execution, same input. redrive (AWS only): continue at the failed state."),
    ] = "restart",
    since: Annotated[str, typer.Option(help="Only executions that stopped since: 30m, 24h, 7d.")] = "24h",
    error_code: Annotated[str | None, typer.Option(help="Only executions with this error: Render.Timeout, …")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Only executions of this id.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only executions whose cause contains this text.")] = None,
    rate: Annotated[float, typer.Option(help="Executions to start a second.", min=0.1)] = 10,
    wait: Annotated[
        float | None, typer.Option(min=0, help="Wait up to this many seconds, and show how each replay ended.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a JSON line for each to this file.")] = None,
    wide: Annotated[bool, typer.Option("--wide", help="Show every column in full.")] = False,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's lines instead of a table.")] = False,
) -> None:
    """Replay executions that are FAILED, TIMED_OUT or ABORTED, or messages of the dead-letter queue.

    Each id has one line, for its newest failure; ids that have a picture by now are left out. Exit code 1 if one could
    not be replayed, or with --wait has no picture; its line says why.

    Examples: shutterstep replay --dry-run
              shutterstep replay --yes --wait 300
              shutterstep replay --error-code Render.DnsFailure --since 6h --yes --report replay.jsonl
              shutterstep replay --from dlq --reason throttl
              shutterstep replay --mode redrive --stack shutterstep
    """
    after = time_ago(since)
    if report is not None:
        file_to_write(report, "--report")
    _check(source, mode, wait, stack)
    if not (yes or dry_run or sys.stdin.isatty()):
        raise CommandError("There is no terminal to ask on: add --yes to replay, or --dry-run to look.")
    target = choose_target(stack)

    def wanted(line: ReplayItem) -> bool:
        given = error_code in (None, line.error_code) and id_ in (None, line.id)
        return given and (reason or "").casefold() in line.reason.casefold()

    how = _How(target, rate, report, wait, yes=yes, dry_run=dry_run, as_json=as_json, wide=wide)
    if source == "dlq":
        with DeadLetters(target) as letters:
            lines = [line for line in letters.lines(after) if wanted(line)]
            how.run(lines, letters.send)
    else:
        lines, done = without_a_picture(target, _reading(failed(target, after)))
        lines, done = [line for line in lines if wanted(line)], [line for line in done if wanted(line)]
        if done:
            progress_console().print(f"left out: {len(done)} that failed but have a picture by now")
        prepare, act = (say_why_not_restartable, restart) if mode == "restart" else (say_why_not_redrivable, redrive)
        for line in lines:
            prepare(target, line)
        how.run(lines, lambda line: act(target, line))
    if any(line.outcome in NO_PICTURE for line in lines):
        raise typer.Exit(1)


def _check(source: str, mode: str, wait: float | None, stack: str | None) -> None:
    if wait is not None and source == "dlq":
        raise typer.BadParameter(
            "a dead letter has no execution to wait for; see: shutterstep query", param_hint="--wait"
        )
    if mode == "redrive" and source == "dlq":
        raise typer.BadParameter("a dead letter has no execution to redrive", param_hint="--mode")
    if mode == "redrive" and stack is None:
        raise typer.BadParameter(
            "the embedded AWS has no RedriveExecution. Use --mode restart, or name a stack on AWS: --stack NAME",
            param_hint="--mode",
        )


def _reading(lines: Iterator[ReplayItem]) -> list[ReplayItem]:
    """Returns all lines. Shows a count meanwhile, because describing thousands takes a while."""
    found: list[ReplayItem] = []
    with Working("reading failed executions") as work:
        for line in lines:
            found.append(line)
            work.update(f"reading failed executions: {len(found)}")
    return found


@dataclass(frozen=True)
class _How:
    """The options that say how to replay, not what."""

    target: Target
    rate: float
    report: Path | None
    wait: float | None
    yes: bool
    dry_run: bool
    as_json: bool
    wide: bool

    def run(self, lines: list[ReplayItem], act: Callable[[ReplayItem], None]) -> None:
        """Show the plan, ask, do it, say how it ended."""
        if not self.as_json:
            show_plan(lines, wide=self.wide)
        count = sum(line.outcome == "planned" for line in lines)
        if count and not self.dry_run:
            confirm(f"Replay {count}?", yes=self.yes)
            self._do(lines, act)
            self._follow(lines)
        self._say(lines)

    def _do(self, lines: list[ReplayItem], act: Callable[[ReplayItem], None]) -> None:
        """Replays one line after the other; each is in the report as soon as it is done, so that an interrupt loses
        none.
        """
        with Working("replaying") as work:
            for number, line in enumerate(lines, 1):
                if line.outcome == "planned":
                    act(line)
                    time.sleep(1 / self.rate)
                if self.report is not None:
                    with self.report.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(line.public()) + "\n")
                work.update(f"replaying: {number} of {len(lines)} started")

    def _follow(self, lines: list[ReplayItem]) -> None:
        """Waits until each replay has ended or the time is up; sets each outcome to success, skipped, failed or
        running.
        """
        if self.wait is None:
            return
        follower, by_name = Follower(self.target), {}
        for line in lines:
            if line.outcome in ("started", "already_replayed", "redriven"):
                name = line.new_execution.rpartition(":")[2]
                by_name[name] = line
                follower.add(name, line.id)
                line.outcome, line.note = (
                    "running",
                    f"still running after {self.wait:.0f} s; look again: shutterstep query {line.id}",
                )
        deadline = time.monotonic() + self.wait
        check = watched(self.target)
        with Working("waiting for the replays") as work:
            while follower.open:
                for name, ending in follower.ended():
                    by_name[name].outcome = ending.outcome
                    by_name[name].note = ": ".join(filter(None, (ending.error_code, ending.error_message)))
                work.update(f"{len(by_name) - len(follower.open)} of {len(by_name)} replays ended")
                check()
                if time.monotonic() > deadline:
                    break
                time.sleep(FOLLOW_SECONDS)

    def _say(self, lines: list[ReplayItem]) -> None:
        if self.as_json:
            for line in lines:
                typer.echo(json.dumps(line.public()))
        elif lines:
            if self.wait is not None and not self.dry_run:
                show_plan(lines, wide=self.wide)
            typer.echo(", ".join(f"{outcome}: {n}" for outcome, n in Counter(line.outcome for line in lines).items()))


def show_plan(lines: list[ReplayItem], *, wide: bool) -> None:
    """Print what is done with each line, or why nothing is; after --wait, how it ended."""
    if not lines:
        typer.echo("nothing to replay")
        return
    rows = [{**line.public(), "what": _what(line), "error": _error(line)} for line in lines]
    show_table(rows, COLUMNS, wide=wide)


def _error(line: ReplayItem) -> str:
    return ": ".join(filter(None, (line.error_code, message_of(line.reason))))


def _what(line: ReplayItem) -> str:
    return "is replayed" if line.outcome == "planned" else ": ".join(filter(None, (line.outcome, line.note)))
