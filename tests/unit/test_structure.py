"""The structure of the code: modules begin with their purpose and are short; imports go downwards and never in a
circle.
"""

import ast
from collections import Counter
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
    "tools": ROOT / "scripts",
    "shutterstep_cli": ROOT / "scripts",
    "renderer": ROOT / "functions/renderer",
    "starter": ROOT / "functions/starter",
    "shutterstep": ROOT / "layers/shared",
}
HEIGHT = {"tests": 4, "tools": 3, "shutterstep_cli": 2, "renderer": 1, "starter": 1, "shutterstep": 0}
# Inside a package, from the top of the imports to the bottom. Parts of one row do not import each other. Modules that
# stand in no folder (the entry points, what all parts use) are not ordered.
ROWS = {
    "shutterstep_cli": [
        {"verbs"},
        {"verification"},
        {"console", "health", "load"},
        {"capacity", "local"},
        {"stack"},
        {"workflow"},
    ],
    "renderer": [{"jobs"}, {"page"}, {"egress"}, {"browser"}],
}


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
    assert any(module.startswith("shutterstep_cli.stack.") for module in imports("shutterstep_cli.verbs.query"))


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
    if package == imported:
        return is_up_inside(package, module, other)
    return HEIGHT[imported] >= HEIGHT[package]


def is_up_inside(package: str, module: str, other: str) -> bool:
    """Whether an import leads from a part of a package to one above it or beside it."""
    part, imported = module.split(".")[1:2], other.split(".")[1:2]
    rows = {name: height for height, row in enumerate(reversed(ROWS.get(package, []))) for name in row}
    heights = [rows.get(name) for name in (*part, *imported)]
    return part != imported and len(heights) == 2 and None not in heights and heights[1] >= heights[0]


def test_every_part_of_an_ordered_package_has_its_row() -> None:
    parts = {
        (name.split(".")[0], name.split(".")[1])
        for name in MODULES
        if name.count(".") > 1 and name.split(".")[0] in ROWS
    }
    assert parts == {(package, part) for package, rows in ROWS.items() for row in rows for part in row}


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("shutterstep.request", "starter.app"),
        ("renderer.entry", "shutterstep_cli.main"),
        ("starter.app", "renderer.entry"),
        ("shutterstep_cli.stack.target", "shutterstep_cli.local.local_stack"),
        ("shutterstep_cli.workflow.svg", "shutterstep_cli.stack.target"),
        ("shutterstep_cli.health.check", "shutterstep_cli.console.server"),
        ("shutterstep_cli.stack.items", "shutterstep_cli.verbs.query"),
        ("renderer.browser.chromium", "renderer.page.render"),
        ("renderer.page.render", "renderer.jobs.job"),
    ],
)
def test_an_import_the_wrong_way_is_seen(module: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {module, other} <= set(MODULES)
    real = imports
    monkeypatch.setattr(
        "tests.unit.test_structure.imports", lambda name: real(name) | ({other} if name == module else set())
    )
    with pytest.raises(AssertionError, match=f"{module} imports {other}"):
        test_imports_go_only_downwards()


def test_no_two_modules_and_no_two_public_classes_have_one_name() -> None:
    """Except tests, which are named after what they test, and the modules of verbs, which have the verb's name."""
    apart = ("tests", "shutterstep_cli.verbs.")
    ours = {name: path for name, path in MODULES.items() if not name.startswith(apart)}
    names = [name.rpartition(".")[2] for name in ours if "." in name and not ours[name].name.startswith("__")]
    classes = [
        node.name
        for path in ours.values()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name, count in Counter(classes).items() if count > 1] == []


def test_no_imports_go_round() -> None:
    try:
        TopologicalSorter({module: imports(module) for module in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
