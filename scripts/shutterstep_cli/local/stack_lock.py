"""Allows one `local up` or `down` at a time in a folder; two would leave processes that nobody knows of."""

import fcntl
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

WAIT_SECONDS = 300
P = ParamSpec("P")
R = TypeVar("R")
_held: set[Path] = set()


class StackBusyError(Exception):
    """Another command has been starting or stopping this local stack for minutes."""


def one_at_a_time(folder: Callable[[], Path]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates functions that start or stop the stack in `folder()`; such functions may call each other."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def alone(*arguments: P.args, **options: P.kwargs) -> R:
            with _locked(folder() / "lock"):
                return function(*arguments, **options)

        return alone

    return decorate


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds the lock, which the kernel releases however the process ends. Raises StackBusyError."""
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        _wait_for(file.fileno(), path)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)


def _wait_for(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise StackBusyError(
                    f"Another command has been starting or stopping this local stack for {WAIT_SECONDS} s: see "
                    f"fuser {path}"
                ) from error
            time.sleep(0.1)
        else:
            return
