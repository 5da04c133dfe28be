"""The example workflow for a sandbox account: commands that there are, no stored keys, and a stack that always goes."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from shutterstep_cli.main import app
from tests.unit.cloudformation import source

FOLDER = Path(__file__).resolve().parents[2] / "examples/github-actions"
WORKFLOW: dict[str, Any] = yaml.safe_load((FOLDER / "verify.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["verify"]["steps"]
SCRIPT = (FOLDER / "delete-stack.sh").read_text("utf-8")


def commands() -> list[list[str]]:
    """Each line of a step that calls shutterstep, as words, without what the shell does after it."""
    text = "\n".join(step.get("run", "") for step in STEPS).replace("\\\n", " ")
    lines = [line.partition(" || ")[0] for line in text.splitlines() if line.startswith("shutterstep ")]
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_of_the_workflow_is_one_that_the_verb_takes(words: list[str]) -> None:
    verb = typer.main.get_command(app).commands[words[0]]  # type: ignore[attr-defined]
    context = verb.make_context(words[0], words[1:])
    asks = any(option in words for option in ("--dry-run", "--states")) or context.params.get("yes", True)
    assert asks is True, "nobody is there to answer"


def test_the_workflow_tries_the_states_deploys_and_verifies_without_asking() -> None:
    assert [words[0] for words in commands()] == ["verify", "deploy", "doctor", "verify"]
    assert "--states" in commands()[0]
    assert {"--yes", "--stack"} <= set(commands()[-1])


def test_parameters_that_the_workflow_sets_are_the_templates() -> None:
    names = {word.partition("=")[0] for words in commands() for word in words if re.match(r"[A-Z]\w+=", word)}
    assert names
    assert names <= set(source()["Parameters"])


def test_both_modes_are_proved_one_after_the_other() -> None:
    strategy = WORKFLOW["jobs"]["verify"]["strategy"]
    assert set(strategy["matrix"]["mode"]) == set(source()["Parameters"]["RenderMode"]["AllowedValues"])
    assert strategy["max-parallel"] == 1


def test_the_stack_is_deleted_and_the_report_kept_however_it_ended() -> None:
    last = [step for step in STEPS if step.get("if") == "always()"]
    assert last == STEPS[-3:]
    assert "delete-stack.sh" in STEPS[-1]["run"]


def test_the_job_has_a_role_by_openid_connect_and_no_key() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in (FOLDER / "verify.yml").read_text("utf-8")
    (credentials,) = [step["with"] for step in STEPS if "configure-aws-credentials" in step.get("uses", "")]
    assert credentials["role-to-assume"] == "${{ vars.AWS_ROLE_ARN }}"


def test_the_role_trusts_one_environment_of_one_repository() -> None:
    (statement,) = json.loads((FOLDER / "trust-policy.json").read_text("utf-8"))["Statement"]
    (conditions,) = statement["Condition"].values()
    environment = WORKFLOW["jobs"]["verify"]["environment"]
    subject = conditions["token.actions.githubusercontent.com:sub"]
    assert subject == f"repo:OWNER/REPOSITORY:environment:{environment}"
    assert set(statement["Condition"]) == {"StringEquals"}, "no wildcard"


def test_the_script_takes_away_every_resource_that_outlives_the_stack() -> None:
    kept = {name: one["Type"] for name, one in source()["Resources"].items() if "DeletionPolicy" in one}
    outlive = {kind for name, kind in kept.items() if source()["Resources"][name]["DeletionPolicy"] != "Delete"}
    takers = {"AWS::DynamoDB::Table": "dynamodb delete-table", "AWS::S3::Bucket": "s3 rb"}
    assert outlive == set(takers)
    assert all(command in SCRIPT for command in takers.values())
    outputs = set(re.findall(r"\$\(output (\w+)\)", SCRIPT))
    assert outputs <= set(source()["Outputs"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("An error occurred (ValidationError): Stack with id shots does not exist", 0),
        ("An error occurred (ExpiredToken): The security token included in the request is expired", 1),
        ("An error occurred (Throttling): Rate exceeded", 1),
    ],
)
def test_only_a_stack_that_does_not_exist_needs_no_deletion(said: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "aws").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 254\n")
    (tmp_path / "aws").chmod(0o755)
    path = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", str(FOLDER / "delete-stack.sh"), "shots"], env=path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert (said in done.stderr) is bool(code)


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    """Who may move a tag of an action may take the role that deploys."""
    used = [line for line in (FOLDER / "verify.yml").read_text("utf-8").splitlines() if "uses:" in line]
    assert len(used) == 4
    assert [line for line in used if not re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []
