"""Put a function of the emulator in another's place, wherever the emulator has it."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


class PatchError(Exception):
    """The emulator is not the one that the patches were written for."""


def replace(module: ModuleType, name: str, patch: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put `patch(original)` in the place of a module's function. Raises PatchError when the function is gone."""
    original = getattr(module, name, None)
    if original is None:
        raise PatchError(f"{module.__name__}.{name} is gone: look at what ministack does now")
    setattr(module, name, patch(original))
    for table in vars(module).values():  # the services dispatch through dictionaries of their functions
        if isinstance(table, dict):
            for key, value in list(table.items()):
                if value is original:
                    table[key] = getattr(module, name)
