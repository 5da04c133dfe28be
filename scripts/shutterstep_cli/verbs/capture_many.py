"""`shutterstep capture` for many pages: a progress line and a manifest, so that an interrupted run loses nothing."""

import shlex
import sys
import time
from pathlib import Path

import typer

from shutterstep.request import Request
from shutterstep_cli.local.stack_status import watched
from shutterstep_cli.stack.many_shots import ManyShots
from shutterstep_cli.stack.shots import Shot
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import one_line
from shutterstep_cli.terminal import Working, progress_console

INTERRUPTED = 130
SHOWN_FAILURES = 20


def capture_many(
    target: Target, requests: list[Request], folder: Path, wait: float, *, resume: bool, no_wait: bool
) -> list[Shot]:
    """Send the pages and, unless `no_wait`, fetch their pictures.

    After Ctrl-C, print how to continue; exit code 130.
    """
    many = ManyShots(target, folder)
    many.plan(requests, resume=resume)
    if many.kept:
        progress_console().print(f"skipped, because their file exists: {many.kept}")
    started, check = time.monotonic(), watched(target)

    def show() -> None:
        work.update(progress_line(many, time.monotonic() - started))
        if not no_wait:
            check()

    try:
        with Working("sending") as work:
            many.send(show)
            if not no_wait:
                many.follow(wait, show)
    except KeyboardInterrupt as error:
        _say_how_to_go_on(many)
        raise typer.Exit(INTERRUPTED) from error
    return many.shots


def progress_line(many: ManyShots, seconds: float) -> str:
    """Returns a line such as `312 of 500 ended: 300 pictures, 12 failed; 40 queued; 8.0 a second, about 24 s left`."""
    counts, total = many.counts(), len(many.shots)
    ended = sum(shot.ended for shot in many.shots)
    failed = counts["failed"] + counts["refused"]
    text = f"{ended} of {total} ended: {counts['pictures']} pictures, {failed} failed"
    if ended == total or not ended or seconds <= 0:
        return text
    rate = ended / seconds
    return f"{text}; {rate:.1f} a second, about {_in_words((total - ended) / rate)} left"


def _in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _say_how_to_go_on(many: ManyShots) -> None:
    counts = many.counts()
    on_the_way = sum(not shot.ended and bool(shot.execution_arn) for shot in many.shots)
    unsent = sum(not shot.ended and not shot.execution_arn for shot in many.shots)
    arguments = [word for word in sys.argv[1:] if word != "--resume"]
    typer.secho(
        f"\nInterrupted. Pictures here: {counts['pictures']}; still rendering, without this command: {on_the_way}; "
        f"not sent: {unsent}.\nGo on with: {shlex.join(['shutterstep', *arguments, '--resume'])}",
        fg="yellow", err=True,
    )  # fmt: skip


def say_many(shots: list[Shot], folder: Path, *, no_wait: bool) -> None:
    """Print at most twenty failures, the counts, and the path of the manifest."""
    lost = [shot for shot in shots if shot.status in ("failed", "refused", "late") or shot.error_code]
    for shot in lost[:SHOWN_FAILURES]:
        typer.secho(one_line(f"{shot.status}  {shot.url}  {shot.error_code}: {shot.error_message}"), fg="red")
    if len(lost) > SHOWN_FAILURES:
        typer.echo(f"and {len(lost) - SHOWN_FAILURES} more, in the manifest")
    for shot in shots:
        if shot.http_error:
            typer.secho(one_line(f"HTTP {shot.http_error}  {shot.url}"), fg="yellow")
    pictures = sum(shot.file is not None for shot in shots)
    sent = f"sent: {sum(bool(shot.execution_arn) for shot in shots)}, " if no_wait else ""
    typer.echo(f"{sent}pictures: {pictures}, failed: {len(lost)}, of {len(shots)}; manifest: {folder}/manifest.jsonl")
    if no_wait and any(shot.execution_arn for shot in shots):
        typer.echo("Fetch the pictures later: the same command with --resume", err=True)
