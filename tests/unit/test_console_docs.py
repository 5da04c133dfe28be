"""docs/CONSOLE.md contains every option, every colour and every permission that the console needs."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
import typer
from botocore import xform_name

from shutterstep_cli.main import app
from shutterstep_cli.workflow.style import OUTCOMES

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs" / "CONSOLE.md").read_text("utf-8")
SERVICES = {
    "cloudformation": "cloudformation",
    "stepfunctions": "states",
    "dynamodb": "dynamodb",
    "s3": "s3",
    "sqs": "sqs",
    "ecs": "ecs",
}
# One permission allows both.
PERMISSION_OF = {"s3:HeadObject": "s3:GetObject", "sqs:SendMessageBatch": "sqs:SendMessage"}
WHOLE = (
    *(f"scripts/shutterstep_cli/console/{name}.py" for name in ("executions_cache", "gauges", "failures", "pictures")),
    "scripts/shutterstep_cli/stack/executions.py",
    "layers/shared/shutterstep/producer.py",
)
# Of these the console uses some functions only.
PARTLY = {
    "scripts/shutterstep_cli/stack/target.py": {"outputs"},
    "scripts/shutterstep_cli/stack/items.py": {"item_of", "unfinished"},
    "scripts/shutterstep_cli/stack/failed_executions.py": {"restart", "_exists"},
}


@cache
def permissions() -> dict[str, str]:
    """The IAM action of each boto3 method."""
    session, found = botocore.session.get_session(), {}
    for service, prefix in SERVICES.items():
        for operation in session.get_service_model(service).operation_names:
            action = f"{prefix}:{operation}"
            found[xform_name(operation)] = PERMISSION_OF.get(action, action)
    return found


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_paginator":
            yield ast.literal_eval(node.args[0])


def used() -> set[str]:
    trees: list[ast.AST] = [ast.parse((ROOT / name).read_text("utf-8")) for name in WHOLE]
    for name, functions in PARTLY.items():
        module = ast.parse((ROOT / name).read_text("utf-8"))
        trees += [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name in functions]
    return {permissions()[call] for tree in trees for call in calls(tree) if call in permissions()}


def test_the_permissions_in_the_docs_are_those_of_the_calls() -> None:
    assert set(re.findall(r"`(\w+:[A-Z]\w+)`", DOC)) == used()


def test_every_option_is_in_the_docs() -> None:
    command = typer.main.get_command(app).commands["console"]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}
    assert {option for option in options if option not in DOC} == set()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_colour_is_explained(outcome: str) -> None:
    assert f"| {outcome} |" in DOC
