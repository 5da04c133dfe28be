"""The command `shutterstep`: one verb a module, loaded when it is needed."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from shutterstep_cli.checkout import CheckoutError
from shutterstep_cli.terminal import global_options

# Each verb and the extra of the distribution that has what it imports.
VERBS = {
    "capacity": "capacity",
    "capture": "cli",
    "console": "console",
    "demo": "local",
    "deploy": "cli",
    "doctor": "cli",
    "image": "cli",
    "load-test": "capacity",
    "local": "local",
    "query": "cli",
    "replay": "cli",
    "show": "cli",
}
OUR_PACKAGES = {"shutterstep", "shutterstep_cli"}


class Verbs(TyperGroup):
    """The group of all verbs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyVerbs()  # type: ignore[assignment] # it is only read

    def invoke(self, ctx: Any) -> Any:
        """Run the verb. Some import a library only when they run; one that is missing then is said as well."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            raise _end(_what_is_missing(ctx.invoked_subcommand or "", error)) from error
        except CheckoutError as error:
            raise _end(str(error)) from error


class LazyVerbs(Mapping[str, Any]):
    """Loads a verb's module only when the verb is named, or when all are listed: some import much."""

    def __getitem__(self, name: str) -> Any:
        if name not in VERBS:
            raise KeyError(name)
        return _verb(name)

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


@cache
def _verb(name: str) -> Any:
    try:
        module = import_module(f"shutterstep_cli.verbs.{name.replace('-', '_')}")
    except ModuleNotFoundError as error:
        return _unavailable(name, _what_is_missing(name, error))
    except CheckoutError as error:
        return _unavailable(name, str(error))
    verbs = getattr(module, "app", None)
    if verbs is None:
        verbs = typer.Typer(add_completion=False)
        verbs.command()(getattr(module, name.replace("-", "_")))
    command = typer.main.get_command(verbs)
    command.name = name
    return command


def _what_is_missing(verb: str, error: ModuleNotFoundError) -> str:
    missing = (error.name or "").partition(".")[0]
    if missing in OUR_PACKAGES:
        raise error
    extra = VERBS.get(verb, "cli")
    return f"shutterstep {verb} needs {missing}, of the extra {extra}. Install it: pip install 'shutterstep[{extra}]'"


def _unavailable(name: str, why: str) -> TyperCommand:
    def say() -> None:
        raise _end(why)

    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return TyperCommand(name, callback=say, help=why, context_settings=settings, add_help_option=False)


def _end(message: str) -> typer.Exit:
    typer.secho(message, fg="red", err=True)
    return typer.Exit(2)


app = typer.Typer(name="shutterstep", cls=Verbs, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def main(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress: only results and errors.")] = False,
) -> None:
    """Website screenshots: each id ends with exactly one stored picture. Local by default; --stack NAME works on AWS.

    Exit codes: 0 success · 1 the work was done, and something of it failed · 2 it could not begin: usage, no stack.
    """
    global_options(quiet, context)
