"""Steps of a longer work, each shown as what a person would type, so that any of them can be done by hand."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import typer


@dataclass(frozen=True)
class Step:
    """A command of the work. `done` says that it need not run; `secret`, which `secret_by` makes, is its stdin.

    `act` does what the command does without its tool, which people who type it themselves have.
    """

    why: str
    command: tuple[str, ...]
    done: Callable[[], bool] = lambda: False
    secret: Callable[[], str] | None = None
    secret_by: str = ""
    act: Callable[[], None] | None = None

    def shown(self) -> str:
        """The line for a shell."""
        return f"{self.secret_by} | {shlex.join(self.command)}" if self.secret else shlex.join(self.command)


def run_steps(steps: Iterable[Step], *, dry_run: bool) -> None:
    """Run what is not done yet, or only show it; progress and output on stderr. Ends the command when a step fails."""
    for step in steps:
        typer.secho(f"# {step.why}", bold=True, err=True)
        if not dry_run and step.done():
            typer.echo("  done before", err=True)
            continue
        typer.echo(f"$ {step.shown()}", err=True)
        if not dry_run:
            _run(step)


def _environment() -> dict[str, str]:
    """This environment, with our own Python first: the Makefiles that `sam build` runs need its uv."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _run(step: Step) -> None:
    if step.act is not None:
        step.act()
        return
    # A step's output goes to stderr, because stdout is for the command's own result.
    try:
        secret = step.secret() if step.secret else None
        subprocess.run(step.command, check=True, text=True, input=secret, stdout=2, env=_environment())
    except FileNotFoundError as error:
        typer.secho(f"{step.command[0]} is not installed, or not on the PATH.", fg="red", err=True)
        raise typer.Exit(2) from error
    except subprocess.CalledProcessError as error:
        text = "That step failed. Mend it and run the same again: what is done is not done twice."
        typer.secho(text, fg="red", err=True)
        raise typer.Exit(1) from error
