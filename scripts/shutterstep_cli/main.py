"""The command `shutterstep`: one module for each verb, loaded when it is needed."""

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from shutterstep.plain_text import plain
from shutterstep_cli.checkout import CheckoutError
from shutterstep_cli.terminal import global_options, words_in_silence
from shutterstep_cli.trouble import explained

# Each verb, and the extra of the distribution with the packages that the verb imports.
VERBS = {
    "capacity": "capacity",
    "capture": "cli",
    "console": "console",
    "demo": "local",
    "deploy": "cli",
    "dlq": "cli",
    "doctor": "cli",
    "image": "cli",
    "load-test": "capacity",
    "local": "local",
    "logs": "cli",
    "query": "cli",
    "replay": "cli",
    "show": "cli",
    "verify": "cli",
}
SENDING = {"capture", "load-test", "replay"}
INTERRUPTED = 130
HELP_OPTIONS = ["-h", "--help"]
EXAMPLES = re.compile(r"^Examples?:", re.MULTILINE)
# These are deployed from a clone and never installed, so they are missing without a clone.
IN_A_CLONE = {"renderer", "starter"}
OUR_PACKAGES = {"shutterstep", "shutterstep_cli"}


class Verbs(TyperGroup):
    """The group of all verbs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyVerbs()  # type: ignore[assignment] # it is only read

    def invoke(self, ctx: Any) -> Any:
        """Runs the verb, and reports a library that is missing. Some verbs import a library only while they run."""
        try:
            with words_in_silence(_called(ctx)):
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            goes_on = (
                " What was sent continues; see it with: shutterstep query" if ctx.invoked_subcommand in SENDING else ""
            )
            raise _end(f"Interrupted.{goes_on}", INTERRUPTED) from error
        except ModuleNotFoundError as error:
            raise _end(_what_is_missing(ctx.invoked_subcommand or "", error)) from error
        except CheckoutError as error:
            raise _end(str(error)) from error
        except Exception as error:
            # The only place where errors of AWS and of this machine become words; a bug of ours keeps its traceback.
            known = None if isinstance(error, BrokenPipeError) else explained(error)
            if known is None:
                raise
            raise _end(*known) from error


def _called(context: Any) -> str:
    """Returns the command and its verb, as the user typed them. Click knows the verb only later."""
    return " ".join(["shutterstep", *context._protected_args[:1]])


class LazyVerbs(Mapping[str, Any]):
    """Loads a verb's module only when the verb is named, or when all are listed, because some imports are slow."""

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
    for part in (command, *getattr(command, "commands", {}).values()):
        part.context_settings.setdefault("help_option_names", HELP_OPTIONS)
        _keep_examples_apart(part)
        for parameter in part.params:
            _refuse_empty_text(parameter)
    return command


def _refuse_empty_text(parameter: Any) -> None:
    """Refuses an empty text, which is usually an unset shell variable: `--id "$ID"` must not mean every id."""
    own = parameter.callback

    def callback(context: Any, parameter: Any, value: Any) -> Any:
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and not text.strip() for text in texts):
            raise typer.BadParameter("it is empty; is a shell variable not set?", ctx=context, param=parameter)
        return value if own is None else own(context, parameter, value)

    parameter.callback = callback


def _keep_examples_apart(command: Any) -> None:
    r"""Puts each example on its own line; `\b` tells Click not to join a paragraph into one line."""
    command.help = EXAMPLES.sub("\\b\n\\g<0>", inspect.cleandoc(command.help or ""))


def _what_is_missing(verb: str, error: ModuleNotFoundError) -> str:
    missing = (error.name or "").partition(".")[0]
    if missing in OUR_PACKAGES:
        raise error
    if missing in IN_A_CLONE:
        return str(CheckoutError())
    extra = VERBS.get(verb, "cli")
    return (
        f"shutterstep {verb} needs {missing}, part of the extra {extra}. Install it: pip install 'shutterstep[{extra}]'"
    )


def _unavailable(name: str, why: str) -> TyperCommand:
    def say() -> None:
        raise _end(why)

    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return TyperCommand(name, callback=say, help=why, context_settings=settings, add_help_option=False)


def _end(message: str, code: int = 2) -> typer.Exit:
    # AWS describes its own refusals, and its texts repeat names and values of others.
    typer.secho("\n".join(map(plain, message.split("\n"))), fg="red", err=True)
    return typer.Exit(code)


app = typer.Typer(
    name="shutterstep",
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP_OPTIONS},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shutterstep {version('shutterstep')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress, only results and errors.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Website screenshots: each id ends with exactly one stored picture. Local by default; --stack NAME works on AWS.

    Exit codes: 0 success · 1 the command ran and something failed · 2 it could not start (wrong usage, no stack).
    """
    global_options(quiet, context)
