"""`shutterstep verify`: sends a trial through a deployed stack, and ticks off each guarantee with its evidence."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shutterstep_cli.capacity.facts import facts
from shutterstep_cli.capacity.prices import Machine, request_dollars
from shutterstep_cli.health.check import DeployedStack
from shutterstep_cli.stack.target import Target, aws_session
from shutterstep_cli.tables import show_findings
from shutterstep_cli.terminal import Working, progress_console
from shutterstep_cli.terminal import confirm as ask
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import file_to_write
from shutterstep_cli.verification.account_ticks import account_ticks, raised
from shutterstep_cli.verification.checklist import Checklist
from shutterstep_cli.verification.cleanup import Cleaned, clean_up
from shutterstep_cli.verification.observed import observe
from shutterstep_cli.verification.state_checks import state_ticks
from shutterstep_cli.verification.ticks import ticks
from shutterstep_cli.verification.trial import Trial
from shutterstep_cli.verification.trial_record import TrialRecord
from shutterstep_cli.verification.trial_requests import RENDERS_AT_MOST
from shutterstep_cli.verification.verification_report import MARKS, VerificationReport

MISSING = 1
FOLDER = Path("out/verify")
ASSUMED_RENDER_SECONDS = 15.0
COLOURS = {"met": "green", "missing": "red", "not_applicable": "dim"}


def verify(
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="File for the report: HTML, or Markdown if it ends in .md.")
    ] = None,
    wait: Annotated[float, typer.Option(min=1, help="Most seconds to wait for each step.")] = 900,
    states: Annotated[
        bool, typer.Option("--states", help="Let Step Functions test each state; needs AWS credentials, no stack.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the trial's items, pictures and dead letter.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before it costs money.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Prove a deployed stack: a trial of messages, duplicates, stops and replays. Exit code 1 if a tick is missing.

    With --states nothing is sent and nothing is charged: Step Functions validates both workflows and tests every state
    with recorded inputs and mocked results, using the credentials and region of the environment.

    The trial renders its own pages, stops one execution and one render task, and replaces the workers of a pool. Run it
    on a stack that may be disturbed. At the end its items, pictures and dead letter are deleted; the histories stay.

    Examples: shutterstep verify
              shutterstep verify --report out/verify.md
              shutterstep verify --stack sandbox --yes --json
              shutterstep verify --states
    """
    if states:
        _end(verify_states(report, stack, as_json=as_json))
        return
    if report is not None:
        file_to_write(report, "--report")
    target = choose_target(stack)
    dollars = cost(target)
    if stack is not None:
        confirm(target, dollars, yes=yes)
    prefix = f"verify-{uuid.uuid4().hex[:8]}-"
    progress = progress_console()
    say: Callable[[str], None] = (lambda _text: None) if as_json else lambda text: progress.print(f"{text} …")
    trial = Trial(target, prefix, say, wait)
    try:
        checklist = run(trial, DeployedStack(target), say)
    finally:
        # Also after Ctrl-C: the trial must leave nothing in a stack that others use.
        cleaned = None if keep else _clean(trial, say)
    told = f"Deleted: {cleaned.in_words()}." if cleaned else "The trial's items, pictures and dead letter were kept."
    made = VerificationReport(about(target, trial.record), checklist, tuple(trial.record.steps), told)
    path = made.write(report or FOLDER / f"{prefix}report.html")
    show(made, path, trial_as_json(trial.record, cleaned, dollars), as_json=as_json)
    _end(checklist)


def verify_states(report: Path | None, stack: str | None, *, as_json: bool) -> Checklist:
    """Let the Step Functions of the account try the states."""
    if stack is not None:
        raise typer.BadParameter("--states uses no stack: leave --stack out", param_hint="--stack")
    session = aws_session()
    with Working("Step Functions validates the workflows and tries each state"):
        checklist = Checklist(tuple(state_ticks(session.client("stepfunctions"))))
    about = f"the states of both workflows by TestState, {session.region_name}"
    made = VerificationReport(about, checklist, (), "Nothing was made.")
    path = made.write(report or FOLDER / "states.html")
    show(made, path, {"region": session.region_name}, as_json=as_json)
    return checklist


def _end(checklist: Checklist) -> None:
    if not checklist.passed:
        raise typer.Exit(MISSING)


def run(trial: Trial, stack: DeployedStack, say: Callable[[str], None]) -> Checklist:
    """Run the trial, then check what the stack shows of it. Returns the checklist."""
    before = raised(stack)
    record = trial.run()
    say("reading executions, items, pictures and dead letters")
    observed = observe(trial.target, record)
    return Checklist((*ticks(record, observed), *account_ticks(stack, record.started_at, before)))


def _clean(trial: Trial, say: Callable[[str], None]) -> Cleaned:
    say("deleting what the trial made")
    return clean_up(trial.target, trial.record)


def cost(target: Target) -> float:
    """Returns what the trial costs on AWS at most, in dollars: one Fargate task for each page."""
    each = request_dollars("task", Machine(), ASSUMED_RENDER_SECONDS, duplicates=0, slots=1, utilization=1)
    return 0.0 if target.endpoint_url else round(RENDERS_AT_MOST * sum(each.values()), 2)


def confirm(target: Target, dollars: float, *, yes: bool) -> None:
    """Show what the trial does to the stack and what it costs, and ask."""
    typer.secho(
        f"Verifying stack {target.stack_name} renders at most {RENDERS_AT_MOST} pages for about ${dollars:.2f} (list "
        f"prices of {facts()['as_of']}, us-east-1). It stops one execution and one render task, replaces the workers "
        "of a pool, and puts one message into the dead-letter queue, for which an alarm may ring.",
        err=True,
    )
    ask("Begin?", yes=yes)


def about(target: Target, record: TrialRecord) -> str:
    """Returns one line that says which stack was verified."""
    where = "the local stack" if target.endpoint_url else f"stack {target.stack_name}"
    region = target.outputs["StateMachineArn"].split(":")[3]
    return f"{where}, {region}, render mode {'pool' if record.pool else 'task'}, ids {record.prefix}*"


def trial_as_json(record: TrialRecord, cleaned: Cleaned | None, dollars: float) -> dict[str, Any]:
    """Returns what `--json` prints about a trial besides its ticks."""
    return {
        "mode": "pool" if record.pool else "task",
        "prefix": record.prefix,
        "cost_dollars": dollars,
        "steps": record.steps_as_json(),
        "cleaned": cleaned.as_json() if cleaned else None,
    }


def show(report: VerificationReport, path: Path, more: dict[str, Any], *, as_json: bool) -> None:
    """Print one JSON object, or a table for people."""
    checklist = report.checklist
    if as_json:
        told = {"passed": checklist.passed, "missing": checklist.missing, "ticks": checklist.as_json(), **more}
        typer.echo(json.dumps({**told, "report": str(path)}))
        return
    show_findings((MARKS[one.status], COLOURS[one.status], one.name, one.found, "") for one in checklist.ticks)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"report: {path}\n{report.cleaned}")
    console.print(checklist.verdict(), style="bold green" if checklist.passed else "bold red")
