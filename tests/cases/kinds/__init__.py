"""The cases by kind: each module of this folder has the CASES of one kind of page or request."""

from importlib import import_module
from pkgutil import iter_modules

from tests.cases.case import Case


def kinds() -> dict[str, tuple[Case, ...]]:
    """The cases of every kind, by the kind's name."""
    return {module.name: import_module(f"{__name__}.{module.name}").CASES for module in iter_modules(__path__)}
