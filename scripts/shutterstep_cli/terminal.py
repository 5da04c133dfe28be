"""What a person at a terminal sees of work in progress: on stderr, apart from the results, and nothing on --quiet."""

import os

import typer
from rich.console import Console

_quiet = False


def global_options(quiet: bool, context: typer.Context) -> None:
    """Heed what stands before the verb, and NO_COLOR, which Rich heeds by itself but plain messages do not."""
    global _quiet
    _quiet = quiet
    if os.environ.get("NO_COLOR"):
        context.color = False


def progress_console() -> Console:
    """Where progress is shown; silent on --quiet."""
    return Console(stderr=True, highlight=False, soft_wrap=True, quiet=_quiet)
