"""Mistakes that new users make, with the exit code and the words that answer each; never a traceback."""

import re
import socket
from pathlib import Path

import click
import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.main import app

NO_STACK = "The local stack is not up. Start it: shutterstep local up"
BOX = re.compile(r"[│╭╮╰╯─]+|\s+")
# What is typed, the exit code, and what the answer says.
MISTAKES: list[tuple[str, int, str]] = [
    ("captur https://example.com", 2, "No such command 'captur'. Did you mean 'capture'?"),
    ("capture", 2, "give a URL, --html FILE, --from FILE, --sitemap URL"),
    ("capture https://example.com", 2, NO_STACK),
    ("capture https://example.com --fulpage", 2, "No such option: --fulpage"),
    ("capture https://example.com --format bmp", 2, "Invalid value for '--format'"),
    ("capture https://example.com --width wide", 2, "Invalid value for '--width'"),
    ("capture https://example.com --wait -1", 2, "Invalid value for '--wait'"),
    ("capture https://a.example https://b.example --id one", 2, "an id names one picture: give one page"),
    ("capture --html /no/such.html", 2, "/no/such.html"),
    ("capture https://example.com --options {bad", 2, "Invalid value for --options"),
    ("capture https://example.com --options /no/such.json", 2, "neither a JSON object nor a file"),
    ("capture --from /no/such.txt", 2, "/no/such.txt: No such file or directory"),
    ("capture --sitemap ftp://example.com/s.xml", 2, "must begin with http:// or https://"),
    ("capture --sitemap http://127.0.0.1:1/s.xml", 2, "Connection refused"),
    ("capture https://example.com --match blog", 2, "give --sitemap URL"),
    ("query", 2, NO_STACK),
    ("query --status done", 2, "Invalid value for '--status'"),
    ("query --since yesterday", 2, "write a number and m, h or d, as 24h"),
    ("query --limit 0", 2, "Invalid value for '--limit'"),
    ("query home --stack", 2, "Option '--stack' requires an argument"),
    ("show", 2, "Missing argument 'ID'"),
    ("show home", 2, NO_STACK),
    ("logs", 2, "Missing argument 'ID'"),
    ("logs home", 2, NO_STACK),
    ("replay", 2, "add --yes to replay, or --dry-run to look"),
    ("replay --yes", 2, NO_STACK),
    ("replay --dry-run --since 1week", 2, "write a number and m, h or d"),
    ("replay --mode again", 2, "Invalid value for '--mode'"),
    ("dlq", 2, "Usage: shutterstep dlq"),
    ("dlq list", 2, NO_STACK),
    ("dlq purge", 2, "say which messages: --id MESSAGE_ID, or all of one --queue"),
    ("dlq list --queue dead", 2, "Invalid value for '--queue'"),
    ("doctor", 2, NO_STACK),
    ("doctor --rate -1", 2, "Invalid value for '--rate'"),
    ("console", 2, NO_STACK),
    ("console --port 99999", 2, "Invalid value for '--port'"),
    ("deploy --set RenderMode", 2, "write NAME=VALUE"),
    ("deploy --set RenderMod=pool", 2, "template.yaml has no parameter RenderMod: did you mean RenderMode?"),
    ("deploy", 2, "No region is set. Set AWS_REGION"),
    ("query --stack shots", 2, "No region is set. Set AWS_REGION"),
    ("local", 2, "Usage: shutterstep local"),
    ("local up --pool -1", 2, "Invalid value for '--pool'"),
    ("local up --port 0", 2, "Invalid value for '--port'"),
    ("local up --pool 1 --no-pool", 2, "--pool and --no-pool exclude each other"),
    ("local up -p RenderMode", 2, "give NAME=VALUE"),
    ("local up -p RenderMod=pool", 2, "template.yaml has no parameter RenderMod: did you mean RenderMode?"),
    ("local logs worker", 2, "Invalid value for 'component'"),
    ("local env", 2, NO_STACK),
    ("local aws s3 ls", 2, NO_STACK),
    ("local redeploy", 2, NO_STACK),
    ("local status", 1, "down; start it with: shutterstep local up"),
    ("capacity", 2, "say how many requests a second"),
    ("capacity --rate 5 --burst", 2, "say how many at once: --messages"),
    ("capacity --rate 5 --simulate --set PoolMaxima=3", 2, "PoolMaxima is none of"),
    ("capacity --rate 5 --set PoolMaximum=3", 2, "changes a simulation: add --simulate"),
    ("load-test", 2, "Missing argument 'N'"),
    ("load-test 5 --stack shots", 2, "AWS cannot reach the bundled pages of this machine"),
    ("image push --stack shots", 2, "No region is set. Set AWS_REGION"),
]


@pytest.fixture(autouse=True)
def nothing_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new user's machine: no stack, no credentials, no region."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


def answer(done: Result) -> str:
    """What the command said, without the box around it."""
    return BOX.sub(" ", click.unstyle(done.output)).strip()


@pytest.mark.parametrize(("typed", "code", "words"), MISTAKES, ids=[typed for typed, _, _ in MISTAKES])
def test_a_mistake_has_its_exit_code_and_words_that_help(typed: str, code: int, words: str) -> None:
    done = CliRunner().invoke(app, typed.split())
    assert (done.exit_code, words in answer(done)) == (code, True), answer(done)
    assert "Traceback" not in done.output


def test_there_are_at_least_46_mistakes() -> None:
    assert len({typed for typed, _, _ in MISTAKES}) >= 46


def test_a_port_that_is_taken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr("shutterstep_cli.verbs.console.choose_target", lambda _stack: None)
        done = CliRunner().invoke(app, ["console", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1
    assert "Take a free port: --port 0" in answer(done)


@pytest.mark.parametrize("asked", [["-h"], ["capture", "-h"], ["local", "up", "-h"], ["--version"]])
def test_help_and_version_have_their_short_ways(asked: list[str]) -> None:
    assert CliRunner().invoke(app, asked).exit_code == 0


def test_the_examples_of_help_stand_one_a_line() -> None:
    lines = click.unstyle(CliRunner().invoke(app, ["capture", "--help"]).output).splitlines()
    examples = [
        line for line in lines if "shutterstep capture " in line and "Usage" not in line and "[OPTIONS]" not in line
    ]
    assert len(examples) >= 4
    assert all(line.count("shutterstep capture") == 1 for line in examples)
