"""`shutterstep show`: one execution, state by state: what happened, how long it took, and where the picture is."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shutterstep.item import RESULT_FIELDS
from shutterstep_cli.stack.executions import Execution, ExecutionNotFoundError, Story, find_execution, read_story
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.tables import rich_text
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import file_to_write
from shutterstep_cli.workflow.history import Visit, message_of, text_of
from shutterstep_cli.workflow.svg import duration, svg

COLOURS = {
    "passed": "green", "success": "green", "retried": "yellow", "caught": "magenta", "skipped": "cyan",
    "failed": "red", "timed_out": "red", "aborted": "red", "stopped": "red", "running": "blue",
}  # fmt: skip


def show(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="An item's id, an execution's name, or its ARN.")],
    picture: Annotated[
        Path | None, typer.Option("--svg", help="SVG file to draw the graph of this execution to.")
    ] = None,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, with every state's input and output.")
    ] = False,
) -> None:
    """Show the states that one execution passed. Exit code 1 if it is not found.

    An id shows the execution that claimed it last; give the name of an execution to see a duplicate that skipped.

    Examples: shutterstep show home-page
              shutterstep show home-page--5d0c1b6e-7f0e-4d7f-9b0b-3f5a7a0f5c11 --svg graph.svg
    """
    if picture is not None:
        file_to_write(picture, "--svg")
    target = choose_target(stack)
    try:
        story = read_story(target, find_execution(target, wanted))
    except ExecutionNotFoundError as error:
        typer.secho(
            f"{wanted}: no item has this id, and no execution this name. Unfinished items: shutterstep query",
            fg="red",
            err=True,
        )
        raise typer.Exit(1) from error
    item = item_of(target, story.execution.id) if story.execution.id else {}
    if as_json:
        typer.echo(json.dumps(as_document(story, item)))
    else:
        _print(story, item)
    if picture is not None:
        picture.write_text(svg(story.graph, story.history), "utf-8")
        typer.echo(f"graph: {picture}", err=True)


def as_document(story: Story, item: dict[str, Any]) -> dict[str, Any]:
    """Returns everything as JSON values, for scripts.

    `attempts` counts the claims of the id; `result` is empty without a picture.
    """
    execution = story.execution
    return {
        "id": execution.id,
        "execution": execution.name,
        "execution_arn": execution.arn,
        "url": execution.url,
        "outcome": execution.outcome,
        "reason": execution.output.get("reason"),
        "error_code": execution.error_code or None,
        "error_message": execution.message or None,
        "attempts": item.get("attempts"),
        "started_at": text_of(execution.started_at),
        "stopped_at": text_of(execution.stopped_at) or None,
        "states": [_visit_document(visit) for visit in story.history.visits],
        "result": {name: execution.output.get(name) for name in RESULT_FIELDS} if execution.has_picture else {},
    }


def _visit_document(visit: Visit) -> dict[str, Any]:
    document = asdict(visit) | {"seconds": visit.seconds}
    document |= {"entered_at": text_of(visit.entered_at), "exited_at": text_of(visit.exited_at) or None}
    document["attempts"] = [
        {**asdict(attempt), "started_at": text_of(attempt.started_at), "ended_at": text_of(attempt.ended_at) or None}
        for attempt in visit.attempts
    ]
    return document


def _print(story: Story, item: dict[str, Any]) -> None:
    console, execution = Console(highlight=False, soft_wrap=True), story.execution
    console.print(f"{rich_text(execution.id)}  {_coloured(execution.outcome)}{_why(execution)}")
    console.print(f"[dim]{rich_text(execution.url)}\n{rich_text(execution.name)}[/dim]")
    console.print(f"{_times(execution, item)}\n")
    width = max((len(visit.state) for visit in story.history.visits), default=0)
    for visit in story.history.visits:
        console.print("\n".join(_visit_lines(visit, width)))
    for line in _where_the_picture_is(execution):
        console.print(line)


def _coloured(outcome: str, words: str = "") -> str:
    colour = COLOURS.get(outcome, "white")
    return f"[{colour}]{words or outcome}[/{colour}]"


def _why(execution: Execution) -> str:
    return f"  {rich_text(': '.join(part for part in (execution.reason, execution.message) if part))}"


def _times(execution: Execution, item: dict[str, Any]) -> str:
    took = f"took {duration(execution.seconds)}" if execution.seconds is not None else "still running"
    owner = f", attempt {item['attempts']} for this id" if item.get("claim") == execution.name else ""
    return f"started {text_of(execution.started_at)}, {took}{owner}"


def _visit_lines(visit: Visit, width: int) -> Iterator[str]:
    """Yields a line for each state that was passed, followed by a line for each of its failed attempts."""
    retries = (
        f"retried {len(visit.attempts) - 1}\N{MULTIPLICATION SIGN}" if visit.outcome == "retried" else visit.outcome
    )
    outcome = _coloured(visit.outcome, f"{retries:<11}")
    took = duration(visit.seconds) if visit.type == "Task" else ""
    yield f"{text_of(visit.entered_at)[11:23]}  {visit.state:<{width}}  {outcome} {took}".rstrip()
    for number, attempt in enumerate(visit.attempts, 1):
        if attempt.error:
            why = ": ".join(part for part in (attempt.error, message_of(attempt.cause)) if part)
            yield f"{'':<14}{'':<{width}}[dim]attempt {number}, {duration(attempt.seconds)}: {rich_text(why)}[/dim]"


def _where_the_picture_is(execution: Execution) -> list[str]:
    result = execution.output
    if not execution.has_picture:
        return [f"\nowner: {rich_text(str(result['owner']))}"] if result.get("owner") else []
    size = (
        f"{result.get('width')}x{result.get('height')}, {result.get('bytes', 0):,} bytes, {result.get('content_type')}"
    )
    page = f"HTTP {result.get('http_status')}  {result.get('final_url')}  {result.get('title')}"
    place = f"s3://{result['s3_bucket']}/{result['s3_key']}"
    return [f"\npicture: {rich_text(place)}", f"         {rich_text(size)}", f"page:    {rich_text(page)}"]
