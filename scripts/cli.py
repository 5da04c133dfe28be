"""The command `shutterstep`: one verb a module."""

from typing import Annotated

import typer

from scripts.capacity import capacity
from scripts.capture import capture
from scripts.console.cli import console
from scripts.demo import demo
from scripts.deploy import deploy
from scripts.doctor import doctor
from scripts.image.cli import app as image
from scripts.load_test import load_test
from scripts.local.cli import app as local
from scripts.query import query
from scripts.replay import replay
from scripts.show import show
from scripts.terminal import global_options

app = typer.Typer(
    name="shutterstep",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def main(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress: only results and errors.")] = False,
) -> None:
    """Website screenshots, each id rendered exactly once. Local by default; --stack NAME works on AWS.

    Exit codes: 0 all is well · 1 the work was done and did not come out · 2 it could not begin: usage, no stack.
    """
    global_options(quiet, context)


app.command()(capacity)
app.command()(capture)
app.command()(console)
app.command()(demo)
app.command()(deploy)
app.command()(doctor)
app.command()(load_test)
app.command()(query)
app.command()(replay)
app.command()(show)
app.add_typer(image, name="image")
app.add_typer(local, name="local")

if __name__ == "__main__":
    app()
