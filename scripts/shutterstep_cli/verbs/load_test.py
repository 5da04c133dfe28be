"""`shutterstep load-test`: sends N messages through the whole stack, and finds out what became of each."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shutterstep.errors import InvalidRequestError
from shutterstep.request import validate
from shutterstep_cli.capacity.facts import facts
from shutterstep_cli.capacity.prices import Machine, request_dollars
from shutterstep_cli.load.evidence import gather
from shutterstep_cli.load.figures import Figures
from shutterstep_cli.load.load_plan import ONLY_UNIQUE, Message, MixError, parse_mix, plan
from shutterstep_cli.load.records import records, strangers
from shutterstep_cli.load.report_page import latencies, outcomes, verdict, write_page
from shutterstep_cli.load.sending import send
from shutterstep_cli.load.watching import Display, wait_for_rest
from shutterstep_cli.local.example_site import PAGES, SITE, serve
from shutterstep_cli.local.stack_status import watched
from shutterstep_cli.local.task_killer import Killer
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import show_grid
from shutterstep_cli.terminal import confirm, progress_console
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import folder_to_write

NOT_PASSED = 1
ASSUMED_RENDER_SECONDS = 15.0  # of a heavy page; a single task is billed mostly for its cold start


def load_test(
    count: Annotated[int, typer.Argument(metavar="N", min=1, help="Messages to send.")],
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Send all with one id: one renders, N-1 skip.")
    ] = False,
    mix: Annotated[
        str | None, typer.Option(help="Weights: unique=70,duplicate=20,invalid=5,failing=5; or standard.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="Messages a second; as fast as possible if not given.")
    ] = None,
    ramp: Annotated[float, typer.Option(min=0, help="Seconds in which the rate rises from 0 to --rate.")] = 0,
    url: Annotated[
        list[str] | None, typer.Option(help="Page to render; repeatable. The bundled pages if not given.")
    ] = None,
    kill_worker_every: Annotated[
        float, typer.Option(min=0, help="Seconds between kills (SIGKILL) of a local renderer.")
    ] = 0,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait after the last send.")] = 3600,
    seed: Annotated[int, typer.Option(help="Seed of the mix: equal seeds give equal kinds in equal order.")] = 0,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for report and records.")] = Path(
        "out/load-test"
    ),
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it costs money.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Send N messages and report what became of each. Exit code 1 if any is lost, unfinished or rendered twice.

    Examples: shutterstep load-test 200
              shutterstep load-test 50 --duplicates
              shutterstep load-test 1000 --mix standard --rate 5 --ramp 30
              shutterstep load-test 1000 --kill-worker-every 10
              shutterstep load-test 500 --stack shutterstep --url https://example.com --rate 10
    """
    weights = _weights(mix, duplicates)
    _check_place(stack, url, kill_worker_every, ramp, rate)
    folder_to_write(output, "--output")
    target = choose_target(stack)
    if stack is not None:
        confirm_cost(target, count, yes=yes)
    prefix = f"load-{uuid.uuid4().hex[:8]}-"
    with pages(url) as urls:
        messages = plan(count, prefix, urls, weights, one_id=duplicates, rate=rate, ramp=ramp, seed=seed)
        figures = run(target, messages, prefix, wait, kill_worker_every, quiet=as_json)
    report = write_page(figures, about(stack, prefix, duplicates, mix, rate, ramp), output / f"{prefix}report.html")
    saved = save_records(figures, output / f"{prefix}records.json")
    show(figures, report, saved, as_json=as_json)
    if not figures.passed:
        raise typer.Exit(NOT_PASSED)


def _weights(mix: str | None, duplicates: bool) -> dict[str, float]:
    if mix is None:
        return ONLY_UNIQUE
    if duplicates:
        raise typer.BadParameter(
            "with --duplicates all messages have one id; leave --mix out", param_hint="--duplicates"
        )
    try:
        return parse_mix(mix)
    except MixError as error:
        raise typer.BadParameter(str(error), param_hint="--mix") from error


def _check_place(stack: str | None, url: list[str] | None, kill: float, ramp: float, rate: float | None) -> None:
    if stack is not None and not url:
        raise typer.BadParameter(
            "AWS cannot reach this machine's bundled pages: give a page with --url", param_hint="--url"
        )
    if stack is not None and kill:
        raise typer.BadParameter(
            "kills renderers of the local stack only; leave --stack out", param_hint="--kill-worker-every"
        )
    for page in url or ():
        try:
            validate({"url": page})
        except InvalidRequestError as error:
            raise typer.BadParameter(f"{page}: {error.message}", param_hint="--url") from error
    if ramp and rate is None:
        raise typer.BadParameter("a ramp leads to a rate: give --rate", param_hint="--ramp")


@contextmanager
def pages(urls: list[str] | None) -> Iterator[list[str]]:
    """Yields the given pages, or the bundled ones, which are served on loopback while the test runs."""
    if urls:
        yield urls
        return
    with serve(SITE) as origin:
        yield [f"{origin}/{page}.html" for page in PAGES]


def run(target: Target, messages: list[Message], prefix: str, wait: float, kill: float, *, quiet: bool) -> Figures:
    """Send the messages, wait until all have ended, and return the figures from the evidence."""
    console = progress_console()
    check = watched(target)
    with Killer(kill) as killer, Display(len(messages), console, quiet=quiet) as display:
        sent = send(target, messages, display.on_sent)
        rest = wait_for_rest(target, sent, prefix, wait, lambda found: (display.on_poll(found), check()))
    since = min(one.at for one in sent)
    if not quiet:
        console.print("reading items, pictures and dead letters …")
    evidence = gather(target, rest.executions, prefix, (message.id for message in messages), since)
    found = records(sent, evidence, may_be_queued=not rest.queue_empty)
    return Figures(found, evidence, len(strangers(sent, evidence)), killer.killed)


def about(stack: str | None, prefix: str, duplicates: bool, mix: str | None, rate: float | None, ramp: float) -> str:
    """Returns one line: what was sent, how fast, and where."""
    kind = "one id" if duplicates else f"mix {mix}" if mix else "unique ids"
    pace = f"{rate:g} a second" if rate else "as fast as possible"
    pace += f", ramp of {ramp:g} s" if ramp else ""
    where = f"stack {stack}" if stack else f"the local stack, {os.cpu_count()} cores"
    return f"{kind}, {pace}, on {where}, ids {prefix}*"


def save_records(figures: Figures, path: Path) -> Path:
    """Writes figures and records as JSON, for other programs and for `capacity --compare`; returns the path."""
    document = {"figures": figures.as_json(), "records": [asdict(record) for record in figures.records]}
    path.write_text(json.dumps(document), "utf-8")
    return path


def show(figures: Figures, report: Path, saved: Path, *, as_json: bool) -> None:
    """Print the result: one JSON object, or tables for people."""
    if as_json:
        typer.echo(json.dumps({**figures.as_json(), "report": str(report), "records": str(saved)}))
        return
    console = Console(highlight=False, soft_wrap=True)
    show_grid(("outcome", "detail", "messages"), outcomes(figures))
    typer.echo()
    show_grid(("seconds", "p50", "p95", "p99", "maximum", "messages"), latencies(figures))
    typer.echo()
    console.print(_in_words(figures.as_json()))
    console.print(f"report: {report}\nrecords: {saved}")
    console.print(verdict(figures), style="bold green" if figures.passed else "bold red")


def _in_words(counts: dict[str, Any]) -> str:
    return (
        f"{counts['seconds']:.1f} s, {counts['per_second']:.2f} ended a second; {counts['executions']} executions of "
        f"{counts['distinct_ids']} ids (at most {counts['executions_per_id_max']} of one), "
        f"{counts['executions_extra']} unexplained; {counts['renders_uncommitted']} renders not committed, "
        f"{counts['workers_killed']} workers killed"
    )


def confirm_cost(target: Target, count: int, *, yes: bool) -> None:
    """Show what the test costs on AWS at most, and ask. A pool that always runs costs its hours anyway."""
    each = sum(
        request_dollars("task", Machine(), ASSUMED_RENDER_SECONDS, duplicates=0, slots=1, utilization=1).values()
    )
    typer.secho(
        f"{count:,} messages to stack {target.stack_name} cost about ${count * each:,.2f} if each starts a task of its "
        f"own, and less in a pool (list prices of {facts()['as_of']}, us-east-1).",
        err=True,
    )
    confirm("Send them?", yes=yes)
