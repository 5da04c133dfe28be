"""`shutterstep dlq`: lists the messages of the dead-letter queues (sender, time, reason), resends or deletes them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Annotated, Literal

import typer

from shutterstep_cli.stack.dead_letters import QUEUES, DeadLetter, DeadLetters
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import Column, one_line, show_table
from shutterstep_cli.terminal import confirm
from shutterstep_cli.trouble import CommandError
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.time_option import time_ago
from shutterstep_cli.workflow.history import text_of

app = typer.Typer(help="The dead-letter queues: list, show, delete or resend their messages.", no_args_is_help=True)
Queue = Literal["requests", "jobs", "release", "webhook"]
QueueOption = Annotated[
    Queue | None,
    typer.Option(
        help="requests: what the starter refused. jobs: what no worker answered. release, webhook: events that were "
        "not taken. All of them if not given."
    ),
]
Stack = Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
COLUMNS = (
    Column("message_id", 0), Column("queue", 4), Column("id", 1, least=8), Column("reason", 2, least=24),
    Column("sent_at", 3), Column("sender", 5, least=12), Column("error_code", 6), Column("received", 7),
    Column("body", 8, least=20),
)  # fmt: skip


@app.command(name="list")
def list_(
    queue: QueueOption = None,
    wide: Annotated[bool, typer.Option("--wide", help="Show every column in full.")] = False,
    stack: Stack = None,
    as_json: Json = False,
) -> None:
    """List the messages in the dead-letter queues: id, reason, time, sender. Nothing is changed.

    Examples: shutterstep dlq list
              shutterstep dlq list --queue requests --json
    """
    with _open(choose_target(stack), queue) as queues:
        found = [letter for letters in queues for letter in letters.letters()]
    if as_json:
        for letter in found:
            typer.echo(json.dumps(asdict(letter)))
    elif found:
        show_table([asdict(letter) for letter in found], COLUMNS, wide=wide)
        typer.echo("To see a whole message: shutterstep dlq show MESSAGE_ID", err=True)
    else:
        typer.echo("the dead-letter queues are empty")


@app.command()
def show(
    message_id: Annotated[str, typer.Argument(help="Id of the message, or its first characters.")],
    stack: Stack = None,
    as_json: Json = False,
) -> None:
    """Show one message: body, sender, time and reason. Exit code 1 if it is not found.

    Example: shutterstep dlq show 5d0c1b6e
    """
    with _open(choose_target(stack), None) as queues:
        letter, _ = _the_one(queues, message_id)
    if as_json:
        typer.echo(json.dumps(asdict(letter)))
        return
    for name, value in asdict(letter).items():
        typer.echo(f"{name:<11} {one_line(_laid_out(value) if name == 'body' else value)}")


@app.command()
def purge(
    id_: Annotated[list[str] | None, typer.Option("--id", help="Only this message; repeatable.")] = None,
    queue: QueueOption = None,
    older_than: Annotated[str | None, typer.Option(help="Only messages older than this: 12h, 7d.")] = None,
    yes: Yes = False,
    stack: Stack = None,
    as_json: Json = False,
) -> None:
    """Delete messages for good: one by its message id, or all of one queue.

    Examples: shutterstep dlq purge --id 5d0c1b6e
              shutterstep dlq purge --queue jobs --older-than 1h --yes
    """
    if not id_ and queue is None:
        raise typer.BadParameter(
            "choose messages: --id MESSAGE_ID, or all of one queue with --queue", param_hint="--id"
        )
    before = text_of(time_ago(older_than)) if older_than else None
    with _open(choose_target(stack), queue) as queues:
        chosen = _chosen(queues, id_)
        chosen = [(letter, letters) for letter, letters in chosen if before is None or letter.sent_at < before]
        confirm(f"Delete {len(chosen)} messages for good?", yes=yes or not chosen)
        for letter, letters in chosen:
            letters.delete(letter.message_id)
    _say("deleted", [letter for letter, _ in chosen], as_json=as_json)


@app.command()
def send(
    id_: Annotated[list[str] | None, typer.Option("--id", help="Only this message; repeatable.")] = None,
    yes: Yes = False,
    stack: Stack = None,
    as_json: Json = False,
) -> None:
    """Send refused requests again if they are valid now. Exit code 1 if any stays in the queue; its line says why.

    Examples: shutterstep dlq send --yes
              shutterstep dlq send --id 5d0c1b6e --yes
    """
    target = choose_target(stack)
    with DeadLetters(target) as letters:
        lines = letters.lines(time_ago("365d"))
        if id_:
            wanted = {_the_one([letters], one)[0].message_id for one in id_}
            lines = [line for line in lines if line.message_id in wanted]
        valid = [line for line in lines if line.outcome == "planned"]
        confirm(f"Send {len(valid)} messages again?", yes=yes or not valid)
        for line in valid:
            letters.send(line)
    for line in lines:
        if as_json:
            typer.echo(json.dumps(line.public()))
        else:
            typer.echo(one_line(f"{line.outcome}  {line.message_id}  {line.id}  {line.note}"))
    if not lines and not as_json:
        typer.echo("there is no request in the dead-letter queue")
    if len(valid) < len(lines):
        raise typer.Exit(1)


@contextmanager
def _open(target: Target, queue: str | None) -> Iterator[list[DeadLetters]]:
    """Read the queue of that name, or all of the stack at once; at the end the messages are visible to others again."""
    names = [queue] if queue else [name for name, output in QUEUES.items() if output in target.outputs]
    with ExitStack() as opened, ThreadPoolExecutor(len(names)) as readers:
        queues = [opened.enter_context(DeadLetters(target, name)) for name in names]
        list(readers.map(DeadLetters.read, queues))
        yield queues


def _chosen(queues: list[DeadLetters], ids: list[str] | None) -> list[tuple[DeadLetter, DeadLetters]]:
    if ids:
        return [_the_one(queues, one) for one in ids]
    return [(letter, letters) for letters in queues for letter in letters.letters()]


def _the_one(queues: list[DeadLetters], beginning: str) -> tuple[DeadLetter, DeadLetters]:
    found = list(_beginning_with(queues, beginning))
    if len(found) != 1:
        why = "no message" if not found else f"{len(found)} messages begin with it: write more of the id"
        raise CommandError(f"{beginning}: {why} in the dead-letter queues. See: shutterstep dlq list", 1)
    return found[0]


def _beginning_with(queues: list[DeadLetters], beginning: str) -> Iterator[tuple[DeadLetter, DeadLetters]]:
    for letters in queues:
        for letter in letters.letters():
            if letter.message_id.startswith(beginning):
                yield letter, letters


def _say(done: str, letters: list[DeadLetter], *, as_json: bool) -> None:
    for letter in letters:
        document = {"message_id": letter.message_id, "outcome": done, "id": letter.id}
        typer.echo(json.dumps(document) if as_json else f"{done}  {letter.message_id}  {one_line(letter.id)}")
    if not letters and not as_json:
        typer.echo("nothing to delete")


def _laid_out(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body
