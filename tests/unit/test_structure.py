"""The shape of the code: purpose first, short modules, imports that go only downwards and never round."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 300
# A longer module, and why it is one.
LONGER: dict[str, str] = {}
# Where a package lies, from the top of the imports to the bottom.
LAYERS = {
    "tests": ROOT,
    "scripts": ROOT,
    "renderer": ROOT / "functions/renderer",
    "starter": ROOT / "functions/starter",
    "shutterstep": ROOT / "layers/shared",
}
HEIGHT = {"tests": 3, "scripts": 2, "renderer": 1, "starter": 1, "shutterstep": 0}


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name; not those of the benchmark's peers."""
    return {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
        for package, folder in LAYERS.items()
        for path in sorted((folder / package).rglob("*.py"))
        if not {".venv", "node_modules"} & set(path.parts)
    }


MODULES = modules()


@cache
def imports(module: str) -> frozenset[str]:
    """The project's modules that a module imports, but for those that only its annotations need."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    return frozenset(found for node in _run_time(tree) for found in _named(node)) - {module}


def _run_time(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _run_time(child)


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written out in full"
        for alias in node.names:
            below = f"{node.module}.{alias.name}"
            yield from [name for name in (below, node.module or "") if name in MODULES][:1]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_project_has_modules_that_import_each_other() -> None:
    assert len(MODULES) > 100
    assert "shutterstep.request" in imports("starter.app")


def test_every_module_begins_with_its_purpose() -> None:
    silent = [
        relative(path)
        for path in MODULES.values()
        if path.stat().st_size and not path.read_text("utf-8").startswith('"""')
    ]
    assert silent == []


def test_no_module_is_longer_than_300_lines_without_a_reason() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in MODULES.values()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES and name not in LONGER} == {}


def test_a_reason_for_a_long_module_is_still_needed() -> None:
    assert [name for name in LONGER if len((ROOT / name).read_text("utf-8").splitlines()) <= LINES] == []


def test_imports_go_only_downwards() -> None:
    upwards = [f"{module} imports {other}" for module in MODULES for other in imports(module) if is_up(module, other)]
    assert upwards == []


def is_up(module: str, other: str) -> bool:
    """Whether an import leads to a layer above, or from one function to another."""
    package, imported = module.partition(".")[0], other.partition(".")[0]
    return package != imported and HEIGHT[imported] >= HEIGHT[package]


def test_no_imports_go_round() -> None:
    try:
        TopologicalSorter({module: imports(module) for module in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
