"""`shutterstep local`: the whole of template.yaml on this machine, no Docker and no AWS account."""

import json
import time
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from scripts.local import stack
from scripts.local.deploy import DeployError
from scripts.local.package import PackageError

app = typer.Typer(help="The local stack: template.yaml on an embedded AWS, on loopback.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]


@app.command()
def up(as_json: Json = False) -> None:
    """Start the local stack, or bring a running one up to date.

    Example: shutterstep local up
    """
    started = time.monotonic()
    progress = Console(stderr=True, highlight=False)
    try:
        running = stack.up((lambda _line: None) if as_json else lambda line: progress.print(f"{line} …"))
    except (stack.LocalStackError, DeployError, PackageError) as error:
        typer.secho(f"{error}\nTry again after: shutterstep local down", fg="red", err=True)
        raise typer.Exit(1) from error
    seconds = time.monotonic() - started
    if as_json:
        typer.echo(json.dumps({**_described(running), "seconds": round(seconds, 2)}))
    else:
        typer.echo(f"up in {seconds:.1f} s at {running.endpoint_url}")


@app.command()
def down() -> None:
    """Stop the local stack; its items and pictures go with it.

    Example: shutterstep local down
    """
    typer.echo("down" if stack.down() else "it was not up")


@app.command()
def status(as_json: Json = False) -> None:
    """Say whether the local stack is up (exit code 0) or not (1).

    Example: shutterstep local status --json
    """
    running = stack.find()
    if as_json:
        typer.echo(json.dumps({"up": False} if running is None else _described(running)))
    elif running is None:
        typer.echo("down; start it with: shutterstep local up")
    else:
        typer.echo(f"up at {running.endpoint_url}, logs in {stack.home() / 'logs'}")
    if running is None:
        raise typer.Exit(1)


def _described(running: stack.LocalStack) -> dict[str, Any]:
    return {"up": True, "endpoint_url": running.endpoint_url, "stack": stack.STACK_NAME, **asdict(running)}


@app.command()
def logs(
    component: Annotated[Literal["emulator", "launcher", "tasks"], typer.Argument(help="Whose.")] = "tasks",
    lines: Annotated[int, typer.Option("--lines", "-n", help="Last lines of each file.")] = 50,
) -> None:
    """Show the last lines of the logs: of the render tasks, the emulator or the launcher.

    Example: shutterstep local logs emulator -n 100
    """
    is_tasks = component == "tasks"
    files = sorted(stack.task_logs().glob("*.log")) if is_tasks else [stack.log_file(component)]
    for path in (path for path in files if path.exists()):
        typer.secho(f"==> {path.name}", bold=True)
        typer.echo("\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:]))
