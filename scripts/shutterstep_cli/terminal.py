"""Shows the progress of work on stderr, apart from the results, and nothing with --quiet."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer
from rich.console import Console

from shutterstep_cli.trouble import CommandError

# Seconds without output after which a user cannot tell work from a hang. Chosen, not measured.
SILENCE_SECONDS = 30.0
_quiet = False
_doing: list[str] = []  # what the command is doing, the innermost last
_shown = 0  # how many moving displays are on the terminal; a line of words would tear them


def global_options(quiet: bool, context: typer.Context) -> None:
    """Handles the options before the verb, and NO_COLOR, which Rich handles itself but plain messages do not."""
    global _quiet
    _quiet = quiet
    if os.environ.get("NO_COLOR"):
        context.color = False


def progress_console() -> Console:
    """Returns the console for progress; it is silent with --quiet."""
    return Console(stderr=True, highlight=False, soft_wrap=True, quiet=_quiet)


class Working:
    """Shows what the command is doing: on a terminal in a line that changes, elsewhere in a line after each silence."""

    def __init__(self, text: str) -> None:
        self._status = progress_console().status(text)
        self._text = text

    def __enter__(self) -> "Working":
        _doing.append(self._text)
        if sys.stderr.isatty():
            self._moving = moving_display()
            self._moving.__enter__()
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        _doing.pop()
        self._status.stop()
        if sys.stderr.isatty():
            self._moving.__exit__(None, None, None)

    def update(self, text: str) -> None:
        """Updates the text."""
        _doing[-1] = text
        self._status.update(text)


@contextmanager
def moving_display() -> Iterator[None]:
    """Keeps other lines away while a bar, a table or a question is on the terminal."""
    global _shown
    _shown += 1
    try:
        yield
    finally:
        _shown -= 1


@contextmanager
def words_in_silence(name: str) -> Iterator[None]:
    """Writes every half minute what the command `name` is doing to stderr, while it runs."""
    ended = threading.Event()

    def speak() -> None:
        began = time.monotonic()
        while not ended.wait(SILENCE_SECONDS):
            if not _shown:
                text = _doing[-1] if _doing else f"{name} is still working"
                with suppress(OSError, ValueError):  # nobody reads stderr any more
                    progress_console().print(f"{text} … {time.monotonic() - began:.0f} s", markup=False)

    speaker = threading.Thread(target=speak, daemon=True, name="words-in-silence")
    speaker.start()
    try:
        yield
    finally:
        ended.set()


def confirm(question: str, *, yes: bool) -> None:
    """Asks before something is done, unless `yes`. Raises CommandError if nobody can answer, Abort on a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask on: add --yes.")
    with moving_display():
        typer.confirm(question, abort=True, err=True)
