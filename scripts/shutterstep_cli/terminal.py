"""What a person at a terminal sees of work in progress: on stderr, apart from the results, and nothing on --quiet."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer
from rich.console import Console

from shutterstep_cli.trouble import CommandError

# Nobody knows after so long whether a command still works or hangs.
SILENCE_SECONDS = 30.0
_quiet = False
_doing: list[str] = []  # what the command does now, the innermost last
_shown = 0  # how many moving displays are on the terminal; a line of words would tear them


def global_options(quiet: bool, context: typer.Context) -> None:
    """Heed what stands before the verb, and NO_COLOR, which Rich heeds by itself but plain messages do not."""
    global _quiet
    _quiet = quiet
    if os.environ.get("NO_COLOR"):
        context.color = False


def progress_console() -> Console:
    """Where progress is shown; silent on --quiet."""
    return Console(stderr=True, highlight=False, soft_wrap=True, quiet=_quiet)


class Working:
    """What the command does now: a line that changes on a terminal, elsewhere a word after each silence."""

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
        """Say how far it is."""
        _doing[-1] = text
        self._status.update(text)


@contextmanager
def moving_display() -> Iterator[None]:
    """While a bar, a table or a question is on the terminal: no word is needed, and none may stand between."""
    global _shown
    _shown += 1
    try:
        yield
    finally:
        _shown -= 1


@contextmanager
def words_in_silence(name: str) -> Iterator[None]:
    """While the command `name` runs, say on stderr every half minute what it does."""
    ended = threading.Event()

    def speak() -> None:
        began = time.monotonic()
        while not ended.wait(SILENCE_SECONDS):
            if not _shown:
                text = _doing[-1] if _doing else f"{name} is still at work"
                with suppress(OSError, ValueError):  # nobody reads stderr any more
                    progress_console().print(f"{text} … {time.monotonic() - began:.0f} s", markup=False)

    speaker = threading.Thread(target=speak, daemon=True, name="words-in-silence")
    speaker.start()
    try:
        yield
    finally:
        ended.set()


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is done, unless `yes`. Raises CommandError where nobody can answer, Abort on a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("Nobody is there to answer: add --yes.")
    with moving_display():
        typer.confirm(question, abort=True, err=True)
