"""`shutterstep local`: all of template.yaml on this machine, without Docker and without an AWS account."""

import json
import os
import shlex
import time
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from shutterstep.plain_text import plain
from shutterstep_cli.local import local_pool, local_stack
from shutterstep_cli.local.deployment import DeployError
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.local.packaging import PackageError
from shutterstep_cli.local.stack_lock import StackBusyError
from shutterstep_cli.local.stack_status import Trouble, troubles
from shutterstep_cli.stack.pool import pool_of
from shutterstep_cli.stack.target import Target
from shutterstep_cli.terminal import progress_console
from shutterstep_cli.trouble import CommandError

app = typer.Typer(help="The local stack: template.yaml on an embedded AWS, on loopback.", no_args_is_help=True)
VARIABLES = (
    "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION",
    "REQUEST_QUEUE_URL", "STATE_MACHINE_ARN", "TABLE_NAME", "BUCKET_NAME",
)  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]


@app.command()
def up(
    pool: Annotated[
        int | None,
        typer.Option(min=0, help="Render in a pool of this many warm workers, until --no-pool."),
    ] = None,
    no_pool: Annotated[bool, typer.Option("--no-pool", help="Start a task for each picture again.")] = False,
    autoscale: Annotated[
        bool, typer.Option("--autoscale", help="Let the pool size follow the backlog, from PoolMinimum to --pool.")
    ] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A parameter of template.yaml; repeatable."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the embedded AWS; remembered for the next start.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the local stack, or bring a running one up to date.

    Examples: shutterstep local up
              shutterstep local up --pool 3
              shutterstep local up --pool 4 --autoscale -p PoolMinimum=0 -p PoolTarget=20
    """
    started = time.monotonic()
    progress = progress_console()
    say: local_stack.Progress = (lambda _line: None) if as_json else lambda line: progress.print(f"{line} …")
    try:
        options = local_pool.Options(pool, no_pool, autoscale, parameter or [], port)
        running = local_pool.up(options, say)
    except (local_stack.LocalStackError, DeployError, PackageError, StackBusyError) as error:
        typer.secho(f"{error}\nRun shutterstep local down, then try again.", fg="red", err=True)
        raise typer.Exit(1) from error
    except local_pool.OptionsError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(2) from error
    seconds = time.monotonic() - started
    if as_json:
        typer.echo(json.dumps({**_described(running), "seconds": round(seconds, 2)}))
    else:
        typer.echo(f"up in {seconds:.1f} s at {running.endpoint_url}{_pool_line()}")


@app.command()
def redeploy(as_json: Json = False) -> None:
    """Replace every worker of the pool: new ones start, the old ones finish their pages and end, as on AWS.

    Example: shutterstep local redeploy
    """
    progress = progress_console()
    say: local_stack.Progress = (lambda _line: None) if as_json else lambda line: progress.print(f"{line} …")
    started = time.monotonic()
    try:
        replaced = local_pool.redeploy(local_target(), say)
    except local_stack.LocalStackError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from error
    seconds = round(time.monotonic() - started, 1)
    typer.echo(
        json.dumps({"replaced": replaced, "seconds": seconds}) if as_json else f"{replaced} replaced in {seconds} s"
    )


@app.command()
def down(as_json: Json = False) -> None:
    """Stop the local stack and delete its items and pictures.

    Example: shutterstep local down
    """
    was_up = local_stack.down()
    if as_json:
        typer.echo(json.dumps({"up": False, "was_up": was_up}))
    else:
        typer.echo("down" if was_up else "it was not up")


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether the local stack is up and all its processes work. Exit code 0 if so, else 1 with the repair.

    Example: shutterstep local status --json
    """
    running, found = local_stack.find(), troubles()
    works = not any(trouble.part == "emulator" for trouble in found)
    if as_json:
        place = _described(running) if running is not None and works else {"up": running is not None}
        typer.echo(json.dumps({**place, "troubles": [trouble.as_json() for trouble in found]}))
    else:
        _say_status(running, found, works=works)
    if running is None or found:
        raise typer.Exit(1)


def _say_status(running: local_stack.LocalStack | None, found: list[Trouble], *, works: bool) -> None:
    if running is not None:
        pool = _pool_line() if works else ""
        typer.echo(f"up at {running.endpoint_url}, logs in {local_stack.home() / 'logs'}{pool}")
    elif not found:
        typer.echo("down; start it with: shutterstep local up")
    for trouble in found:
        typer.secho(str(trouble), fg="red", err=True)


def _described(running: local_stack.LocalStack) -> dict[str, Any]:
    pool = pool_of(local_target())
    place = {"up": True, "endpoint_url": running.endpoint_url, "stack": local_stack.STACK_NAME}
    return {**place, **asdict(running), "pool": pool.as_json() if pool else None}


def _pool_line() -> str:
    """Returns a line with the pool's state; empty if there is no pool."""
    pool = pool_of(local_target())
    if pool is None:
        return ""
    backlog = f"{pool.backlog.waiting} jobs wait, {pool.backlog.at_work} at work"
    return f"\npool: {pool.running} of {pool.desired} workers run, {backlog}"


@app.command()
def logs(
    component: Annotated[
        Literal["emulator", "launcher", "tasks"], typer.Argument(help="Component whose logs are shown.")
    ] = "tasks",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="Number of last lines to show of each file.")] = 50,
) -> None:
    """Show the last lines of the logs: of the render tasks, the emulator or the launcher.

    Example: shutterstep local logs emulator -n 100
    """
    is_tasks = component == "tasks"
    files = sorted(local_stack.task_logs().glob("*.log")) if is_tasks else [local_stack.log_file(component)]
    for path in (path for path in files if path.exists()):
        typer.secho(f"==> {path.name}", bold=True)
        typer.echo("\n".join(map(plain, path.read_text("utf-8", "replace").splitlines()[-lines:])))


@app.command()
def env(
    unset: Annotated[bool, typer.Option("--unset", help="Print the command that unsets these variables.")] = False,
    as_json: Json = False,
) -> None:
    """Print the environment in which AWS SDKs and `shutterstep.submit` work on the local stack.

    Verbs that work on AWS refuse to run in such a shell; --unset undoes it.

    Examples: eval "$(shutterstep local env)"
              eval "$(shutterstep local env --unset)"
    """
    if unset:
        typer.echo(json.dumps(VARIABLES) if as_json else f"unset {' '.join(VARIABLES)}")
        return
    variables = environment(local_target())
    if as_json:
        typer.echo(json.dumps(variables))
        return
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command(context_settings={"ignore_unknown_options": True})
def aws(
    arguments: Annotated[list[str], typer.Argument(metavar="ARGUMENT...", help="Arguments of the AWS CLI.")],
) -> None:
    """Run the AWS CLI on the local stack. It reaches nothing else, whatever its version and your environment are.

    Example: shutterstep local aws s3 ls
    """
    target = local_target()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = ["aws", "--endpoint-url", str(target.endpoint_url), *arguments]
    try:
        os.execvpe("aws", command, kept | environment(target) | {"AWS_PAGER": ""})  # noqa: S606 (no shell)
    except FileNotFoundError as error:
        raise CommandError(
            "The AWS CLI is not installed, or not on the PATH. Install it: pip install awscli"
        ) from error


def environment(target: Target) -> dict[str, str]:
    """Returns the variables that an AWS client needs, with credentials of the embedded AWS, and the stack's outputs."""
    credentials = target.session.get_credentials()
    values = (
        target.endpoint_url or "", credentials.access_key, credentials.secret_key, target.session.region_name,
        *(target.outputs[name] for name in ("RequestQueueUrl", "StateMachineArn", "TableName", "BucketName")),
    )  # fmt: skip
    return dict(zip(VARIABLES, values, strict=True))
