"""The command as a whole: each verb explains itself, prints JSON on request, and is quiet with --quiet."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from shutterstep_cli.main import app
from tools.command_docs import DOCS, PARTS, current

ROOT = Path(__file__).resolve().parents[2]
NO_JSON = {
    "local aws": "what the AWS CLI prints",
    "image build": "the builder's own output",
    "local logs": "what the processes wrote, as they wrote it",
}


def verbs(command: Any = None, path: str = "") -> Iterator[tuple[str, click.Command]]:
    command = command or typer.main.get_command(app)
    for name, part in command.commands.items():
        if hasattr(part, "commands"):
            yield from verbs(part, f"{path}{name} ")
        else:
            yield f"{path}{name}", part


VERBS = dict(verbs())


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shutterstep_cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def on_a_terminal(*arguments: str, **environment: str) -> bytes:
    """What the command writes to a terminal, standard error included."""
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "shutterstep_cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        stdout=writer,
        stderr=writer,
    )
    os.close(writer)
    written = b""
    while True:
        try:
            chunk = os.read(reader, 4096)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not chunk:
            break
        written += chunk
    process.wait(60)
    os.close(reader)
    return written


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_says_what_it_does_and_gives_an_example(verb: str) -> None:
    text = VERBS[verb].help or ""
    assert len(text.splitlines()[0]) > 20
    assert re.search(rf"Examples?: .*shutterstep {verb}\b", text)


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_explained(verb: str) -> None:
    options = [parameter for parameter in VERBS[verb].params if "--help" not in parameter.opts]
    assert [option.name for option in options if not getattr(option, "help", None)] == []


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in NO_JSON])
def test_a_verb_that_answers_data_has_json(verb: str) -> None:
    assert "--json" in {option for parameter in VERBS[verb].params for option in parameter.opts}


def test_the_verbs_without_json_are_verbs() -> None:
    assert set(NO_JSON) < set(VERBS)


@pytest.mark.parametrize("name", PARTS)
def test_a_reference_is_current(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == current(DOCS / name), "run: make docs"


@pytest.mark.parametrize("verb", VERBS)
def test_the_reference_has_every_verb_and_option(verb: str) -> None:
    section = (DOCS / "COMMANDS.md").read_text("utf-8").partition(f"## `shutterstep {verb}`\n")[2].partition("\n## ")[0]
    options = {option for parameter in VERBS[verb].params for option in parameter.opts if option.startswith("--")}
    assert section
    assert {option for option in options if option not in section} == set()


def test_wrong_usage_is_exit_code_2_and_names_the_option() -> None:
    done = run("capture", "https://example.com", "--format", "bmp")
    assert done.returncode == 2
    assert "--format" in done.stderr
    assert done.stdout == ""


def test_no_local_stack_is_exit_code_2_and_says_how_to_start_one(tmp_path: Path) -> None:
    done = run("query", SHUTTERSTEP_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "shutterstep local up" in done.stderr


def test_without_a_terminal_there_is_no_colour(tmp_path: Path) -> None:
    done = run("query", SHUTTERSTEP_HOME=str(tmp_path))
    assert "\x1b[" not in done.stderr


def test_on_a_terminal_an_error_is_red_unless_no_color_is_set(tmp_path: Path) -> None:
    assert b"\x1b[31m" in on_a_terminal("query", SHUTTERSTEP_HOME=str(tmp_path), NO_COLOR="")
    assert b"\x1b[31m" not in on_a_terminal("query", SHUTTERSTEP_HOME=str(tmp_path), NO_COLOR="1")


def test_quiet_silences_progress_and_keeps_the_result() -> None:
    simulate = ("capacity", "--rate", "1", "--simulate", "--messages", "50", "--mode", "pool")
    loud, silent = on_a_terminal(*simulate), on_a_terminal("--quiet", *simulate)
    assert b"simulating" in loud
    assert b"simulating" not in silent
    assert b"pool" in silent


def test_completion_knows_the_verbs() -> None:
    shell = {"_SHUTTERSTEP_COMPLETE": "complete_bash", "COMP_WORDS": "shutterstep ca", "COMP_CWORD": "1"}
    command = [str(Path(sys.executable).with_name("shutterstep"))]
    done = subprocess.run(command, env={**os.environ, **shell}, capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) == {"capacity", "capture"}
