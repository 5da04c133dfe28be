"""`shutterstep doctor`: checks a deployed stack, and says what is wrong and how to repair it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.health import access, local_processes, queues, rendering, resources, workflow_health
from shutterstep_cli.health.check import Check, DeployedStack
from shutterstep_cli.tables import show_findings
from shutterstep_cli.verbs.stack_option import choose_target

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red"}


def doctor(
    rate: Annotated[
        float | None, typer.Option(min=0, help="Expected messages a second: checks the quotas for this rate.")
    ] = None,
    render_seconds: Annotated[
        float, typer.Option(min=0.1, help="Mean duration of a render in seconds, for --rate.")
    ] = 5,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Check a deployed stack: pass, warn or fail, with the fix. Exit code 1 if a check fails.

    Examples: shutterstep doctor
              shutterstep doctor --stack shutterstep --rate 50
              shutterstep doctor --json
    """
    found = list(examine(DeployedStack(choose_target(stack)), rate, render_seconds))
    count = {status: sum(1 for check in found if check.status == status) for status in COLOURS}
    if as_json:
        typer.echo(json.dumps({"checks": [asdict(check) for check in found], **count}))
    else:
        show(found)
        typer.echo(f"{count['pass']} pass, {count['warn']} warn, {count['fail']} fail")
    if count["fail"]:
        raise typer.Exit(1)


def examine(stack: DeployedStack, rate: float | None = None, render_seconds: float = 5) -> Iterator[Check]:
    """Yields the result of every check, in the order in which a message passes the parts."""
    parts: dict[str, Callable[[], Iterable[Check]]] = {
        "processes": lambda: local_processes.checks() if stack.is_local else (),
        "resources": lambda: resources.checks(stack),
        "queues": lambda: queues.checks(stack),
        "workflow": lambda: workflow_health.checks(stack),
        "rendering": lambda: rendering.checks(stack, rate, render_seconds),
        "access": lambda: access.checks(stack),
    }
    for name, part in parts.items():
        try:
            yield from part()
        except (BotoCoreError, ClientError) as error:
            # A check that fails to run counts as failed, and does not hide the other checks.
            yield Check(name, "fail", f"could not be checked: {error}", "repair the findings above first")


def show(checks: list[Check]) -> None:
    """Prints a line for each check, with the fix under each finding."""
    show_findings((check.status, COLOURS[check.status], check.name, check.found, check.fix) for check in checks)
