"""`shutterstep logs ID`: prints what happened to one id, from every component, in order of time."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from shutterstep_cli.local import local_stack
from shutterstep_cli.stack.executions import ExecutionNotFoundError, find_execution, read_story
from shutterstep_cli.stack.timeline import Entry, of_lines, of_logs_insights, of_the_workflow, time_in
from shutterstep_cli.tables import one_line
from shutterstep_cli.trouble import CommandError
from shutterstep_cli.verbs.stack_option import choose_target


def logs(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="An item's id, an execution's name, or its ARN.")],
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line: time, component, text.")] = False,
) -> None:
    """Print what starter, workflow, renderer and release did for one id. Exit code 1 if it is not found.

    An id shows the execution that claimed it last. On AWS the lines come from Logs Insights, which costs by the bytes
    that it reads: the stack's log groups, from a quarter of an hour before the execution to five minutes after it.

    Examples: shutterstep logs home-page
              shutterstep logs home-page --stack shutterstep --json
    """
    target = choose_target(stack)
    try:
        story = read_story(target, find_execution(target, wanted))
    except ExecutionNotFoundError as error:
        raise CommandError(f"{wanted}: no item has this id, and no execution this name.", 1) from error
    names = [story.execution.name, f'"{story.execution.id}"']
    lines = _of_this_machine(names) if stack is None else of_logs_insights(target, story, names)
    # Sorted by time only: entries of the same time keep the order in which their component wrote them.
    for entry in sorted(dict.fromkeys([*of_the_workflow(story), *lines]), key=lambda entry: entry.time):
        if as_json:
            typer.echo(json.dumps(asdict(entry)))
        else:
            typer.echo(f"{entry.time[11:23]:<12}  {entry.component:<9}  {one_line(entry.text)}")


def _of_this_machine(names: list[str]) -> Iterator[Entry]:
    """The log lines of the local stack. The emulator's log begins with this stack; those of tasks may be of an earlier
    one.
    """
    emulator = _lines_of(local_stack.log_file("emulator"))
    since = next(filter(None, map(time_in, emulator)), "")
    found = [
        *of_lines("emulator", emulator, names),
        *of_lines("launcher", _lines_of(local_stack.log_file("launcher")), names),
    ]
    for path in sorted(local_stack.task_logs().glob("*.log")):
        found += of_lines("renderer", _lines_of(path), names)
    yield from (entry for entry in found if entry.time >= since)


def _lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8", "replace").splitlines() if path.exists() else []
