"""Replaces a function of the emulator everywhere the emulator refers to it."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


class PatchError(Exception):
    """The emulator is not the version for which the patches were written."""


def replace(module: ModuleType, name: str, patch: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts `patch(original)` in the place of a module's function.

    Raises PatchError when the function does not exist.
    """
    original = getattr(module, name, None)
    if original is None:
        raise PatchError(f"{module.__name__}.{name} does not exist: look at what ministack does now")
    setattr(module, name, patch(original))
    for table in vars(module).values():  # the services dispatch through dictionaries of their functions
        if isinstance(table, dict):
            for key, value in list(table.items()):
                if value is original:
                    table[key] = getattr(module, name)
