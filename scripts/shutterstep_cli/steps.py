"""Steps of a longer task, each shown as a command that a person could type instead."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import typer


@dataclass(frozen=True)
class Step:
    """One command. `done` says that it need not run; `secret` is its stdin, the output of the command `secret_by`.

    `act` does the same without the command's tool, which only people who type it themselves need.
    """

    why: str
    command: tuple[str, ...]
    done: Callable[[], bool] = lambda: False
    secret: Callable[[], str] | None = None
    secret_by: str = ""
    act: Callable[[], None] | None = None

    def unless(self, done: Callable[[], bool]) -> "Step":
        """Gives the same step, which need not run where `done` says so."""
        return replace(self, done=done)

    def shown(self) -> str:
        """Returns the step as a shell command line."""
        return f"{self.secret_by} | {shlex.join(self.command)}" if self.secret else shlex.join(self.command)


def run_steps(steps: Iterable[Step], *, dry_run: bool) -> None:
    """Runs the steps that are not done yet, or only shows them.

    Progress and output go to stderr. Ends the command when a step fails.
    """
    for step in steps:
        typer.secho(f"# {step.why}", bold=True, err=True)
        if not dry_run and step.done():
            typer.echo("  done before", err=True)
            continue
        typer.echo(f"$ {step.shown()}", err=True)
        if not dry_run:
            _run(step)


def _environment() -> dict[str, str]:
    """Returns this environment with our Python first on the PATH, because the Makefiles of `sam build` need its uv."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _run(step: Step) -> None:
    if step.act is not None:
        step.act()
        return
    # The step's output goes to stderr, because stdout is for the command's own result.
    try:
        secret = step.secret() if step.secret else None
        subprocess.run(step.command, check=True, text=True, input=secret, stdout=2, env=_environment())
    except FileNotFoundError as error:
        typer.secho(f"{step.command[0]} is not installed, or not on the PATH.", fg="red", err=True)
        raise typer.Exit(2) from error
    except subprocess.CalledProcessError as error:
        text = "This step failed. Solve the problem and run the same command again: finished steps are skipped."
        typer.secho(text, fg="red", err=True)
        raise typer.Exit(1) from error
