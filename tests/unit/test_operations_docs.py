"""The runbook contains every alarm, and the commands in the operator's documents exist."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from shutterstep_cli.main import app
from shutterstep_cli.verbs.capacity import PARAMETERS
from tests.unit.cloudformation import ROOT, resources, source

OPERATIONS = (ROOT / "docs" / "OPERATIONS.md").read_text("utf-8")
SCALING = (ROOT / "docs" / "SCALING.md").read_text("utf-8")
COMMAND = re.compile(r"(?:`|^(?:    )?)(?:\.venv/bin/)?shutterstep ((?:local |dlq )?[a-z-]+)([^`#\n]*)", re.MULTILINE)


def headings(text: str) -> set[str]:
    return set(re.findall(r"^## (.+)$", text, re.MULTILINE))


@pytest.mark.parametrize("alarm", sorted(resources("AWS::CloudWatch::Alarm")))
def test_every_alarm_has_a_section_in_the_runbook(alarm: str) -> None:
    assert alarm in headings(OPERATIONS)


@pytest.mark.parametrize("alarm", sorted(resources("AWS::CloudWatch::Alarm")))
def test_every_alarm_says_what_is_lost_and_one_command_to_see_and_to_check(alarm: str) -> None:
    section = OPERATIONS.partition(f"## {alarm}\n")[2].partition("\n## ")[0].strip().splitlines()
    assert section[0] == "| if you do nothing, you lose | look | repair | check |"
    lost, see, mend, check = (cell.strip() for cell in section[2].strip("|").split(" | "))
    assert lost
    assert mend
    assert re.match(r"`(shutterstep|aws) ", see)
    assert re.match(r"`(shutterstep|aws) ", check)


def test_links_inside_the_documents_lead_to_headings() -> None:
    anchors = {
        name: {
            re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"^##+ (.+)$", text, re.M)
        }
        for name, text in {"OPERATIONS.md": OPERATIONS, "SCALING.md": SCALING}.items()
    }
    for here, text in {"OPERATIONS.md": OPERATIONS, "SCALING.md": SCALING}.items():
        for file, anchor in re.findall(r"\]\((\w+\.md)?#([\w-]+)\)", text):
            assert anchor in anchors[file or here], f"{here}: {file}#{anchor}"


def commands() -> Iterator[tuple[str, str]]:
    for text in (OPERATIONS, SCALING):
        yield from ((match[1], match[2]) for match in COMMAND.finditer(text))


def test_there_are_commands_to_check() -> None:
    assert len(list(commands())) > 15


@pytest.mark.parametrize(("verb", "rest"), sorted(set(commands())))
def test_a_documented_command_has_the_verb_and_the_options(verb: str, rest: str) -> None:
    command: Any = typer.main.get_command(app)
    for name in verb.split():
        assert name in command.commands, f"there is no `shutterstep {verb}`"
        command = command.commands[name]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known | {"--help"}


def test_every_pool_and_starter_parameter_is_explained() -> None:
    assert all(f"`{name}`" in SCALING for name in PARAMETERS)
    named = set(
        re.findall(r"`((?:Pool|Alarm|MaximumC|Batch|Visibility|Task|ExecutionTimeout)\w+)`", OPERATIONS + SCALING)
    )
    assert named <= {*source()["Parameters"], *source()["Resources"]}
