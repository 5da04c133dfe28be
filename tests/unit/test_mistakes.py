"""Mistakes of new users, each with its exit code and message; never a traceback."""

import re
import shlex
import socket
import subprocess
import sys
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
    ("capture https://example.com --match blog", 2, "works only with --sitemap URL"),
    ("query", 2, NO_STACK),
    ("query --status done", 2, "Invalid value for '--status'"),
    ("query --since yesterday", 2, "write a number and m, h or d, such as 24h"),
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
    ("dlq purge", 2, "choose messages: --id MESSAGE_ID, or all of one queue with --queue"),
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
    ("capacity", 2, "give the requests a second, with --rate"),
    ("capacity --rate 5 --burst", 2, "give the number of messages of the burst, with --messages"),
    ("capacity --rate 5 --simulate --set PoolMaxima=3", 2, "PoolMaxima is not a parameter of the simulation"),
    ("capacity --rate 5 --set PoolMaximum=3", 2, "works only with --simulate: add it"),
    ("load-test", 2, "Missing argument 'N'"),
    ("load-test 5 --stack shots", 2, "AWS cannot reach this machine's bundled pages"),
    ("image push --stack shots", 2, "No region is set. Set AWS_REGION"),
    ("capture --from FOLDER/empty.txt", 2, "has no page: write a URL or a JSON object a line, or CSV"),
    ("capture --from FOLDER/header.csv", 2, "has no page: write a URL or a JSON object a line, or CSV"),
    ("capture --from -", 2, "- has no page: write a URL or a JSON object a line, or CSV"),
    ("capture --from FOLDER", 2, "Is a directory"),
    ("capture --from FOLDER/latin.txt", 2, "is not UTF-8 text, at byte 9; convert it: iconv -f ENCODING -t UTF-8"),
    ("capture --from FOLDER/comments.json", 2, "JSON has neither comments nor a comma at the end of a list"),
    ("capture --from FOLDER/wide.csv", 2, "line 2 has more cells than the header"),
    ("capture --from FOLDER/group.csv", 2, "line 2: viewport.width: viewport is not a JSON object"),
    ("capture --html FOLDER", 2, "Is a directory"),
    ("capture --html FOLDER/latin.txt", 2, "is not UTF-8 text"),
    ("capture https://example.com --options FOLDER", 2, "is neither a JSON object nor a file"),
    ("capture https://example.com --options FOLDER/comments.json", 2, "JSON has neither comments"),
    ("capture https://example.com --options []", 2, "'[]' is neither a JSON object nor a file"),
    (
        "capture https://example.com -o FOLDER/empty.txt",
        2,
        "empty.txt is not a folder, or its path leads through a file",
    ),
    ("capture https://example.com -o FOLDER/empty.txt/out", 2, "is not a folder, or its path leads through a file"),
    ("capture https://example.com --id ''", 2, "it is empty; is a shell variable not set?"),
    ("capture ''", 2, "it is empty; is a shell variable not set?"),
    ("capture --sitemap http://[::1", 2, "Invalid value for --sitemap"),
    ("capture --sitemap http://a\\u0020b/", 2, "Invalid value for --sitemap"),
    ("capture --sitemap file:///etc/passwd", 2, "must begin with http:// or https://"),
    ("capture --sitemap http://", 2, "no host given"),
    ("query ''", 2, "it is empty"),
    ("query --since ''", 2, "it is empty"),
    ("query --since -5m", 2, "write a number and m, h or d, such as 24h"),
    ("query --stack ''", 2, "it is empty"),
    ("query home --download FOLDER/empty.txt", 2, "is not a folder"),
    ("show ''", 2, "it is empty"),
    ("show home --svg FOLDER", 2, "is a folder: name a file"),
    ("show home --svg FOLDER/empty.txt/a.svg", 2, "is not a folder, or its path leads through a file"),
    ("logs ''", 2, "it is empty"),
    ("replay --yes --report FOLDER", 2, "is a folder: name a file"),
    ("replay --yes --id ''", 2, "it is empty"),
    ("replay --yes --rate 0", 2, "Invalid value for '--rate'"),
    ("replay --yes --rate -1", 2, "Invalid value for '--rate'"),
    ("replay --dry-run --wait -1", 2, "Invalid value for '--wait'"),
    ("replay --dry-run --since 9999999999d", 2, "is too long ago"),
    ("dlq show ''", 2, "it is empty"),
    ("dlq purge --yes --id ''", 2, "it is empty"),
    ("load-test 0", 2, "Invalid value for 'N'"),
    ("load-test five", 2, "Invalid value for 'N'"),
    ("load-test 5 --wait -1", 2, "Invalid value for '--wait'"),
    ("load-test 5 --url ftp://example.com", 2, "ftp://example.com: url: must begin with http:// or https://"),
    ("load-test 5 --mix foo=1", 2, "'foo' is not a kind of message"),
    ("load-test 5 -o FOLDER/empty.txt", 2, "is not a folder"),
    ("verify --report FOLDER", 2, "is a folder: name a file"),
    ("demo -o FOLDER/empty.txt", 2, "is not a folder"),
    ("local logs -n -5", 2, "Invalid value for '--lines'"),
]
# Of the environment: what is set wrong, the exit code, and what the answer says.
ENVIRONMENTS: list[tuple[dict[str, str], int, str]] = [
    ({"AWS_PROFILE": "nope"}, 2, "Set AWS_PROFILE to one of: aws configure list-profiles"),
    ({}, 2, "No region is set. Set AWS_REGION"),
    ({"AWS_REGION": "eu-west-1"}, 2, "No usable AWS credentials"),
    ({"AWS_REGION": "us east"}, 2, "The AWS configuration cannot be used"),
    ({"AWS_CONFIG_FILE": "FOLDER/torn.config"}, 2, "The AWS configuration cannot be used"),
    ({"AWS_CONFIG_FILE": "FOLDER/role.config", "AWS_PROFILE": "p"}, 2, 'source_profile "gone"'),
    ({"AWS_CONFIG_FILE": "FOLDER/sso.config", "AWS_PROFILE": "p"}, 2, 'the "nope" sso_session configuration'),
    ({"AWS_CONFIG_FILE": "FOLDER/process.config", "AWS_PROFILE": "p"}, 2, "No usable AWS credentials"),
    (
        {"AWS_ENDPOINT_URL": "nonsense", "AWS_REGION": "eu-west-1"},
        2,
        "Invalid endpoint: nonsense. Correct AWS_ENDPOINT_URL",
    ),
    ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_REGION": "eu-west-1"}, 2, "to this machine"),
]
FILES = {
    "empty.txt": b"",
    "header.csv": b"url,id\r\n",
    "latin.txt": b"http://ex\xe9.example\n",
    "comments.json": b'{"url": "https://example.com", // a comment\n}',
    "wide.csv": b"url\nhttps://example.com,more\n",
    "group.csv": b"url,viewport,viewport.width\nhttps://example.com,5,5\n",
    "torn.config": b"[default\n",
    "role.config": b"[profile p]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=gone\nregion=eu-west-1\n",
    "sso.config": b"[profile p]\nsso_session=nope\nregion=eu-west-1\n",
    "process.config": b"[profile p]\ncredential_process=/bin/false\nregion=eu-west-1\n",
}


@pytest.fixture(autouse=True)
def nothing_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new user's machine: no stack, no credentials, no region."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


def write_files(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).write_bytes(content)


def answer(done: Result) -> str:
    """What the command said, without the box around it."""
    return BOX.sub(" ", click.unstyle(done.output)).strip()


@pytest.mark.parametrize(("typed", "code", "words"), MISTAKES, ids=[typed for typed, _, _ in MISTAKES])
def test_a_mistake_has_its_exit_code_and_words_that_help(typed: str, code: int, words: str, tmp_path: Path) -> None:
    write_files(tmp_path)
    arguments = [word.replace("FOLDER", str(tmp_path)).replace("\\u0020", " ") for word in shlex.split(typed)]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, words in answer(done)) == (code, True), answer(done)
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("environment", "code", "words"), ENVIRONMENTS, ids=[str(one) for one, _, _ in ENVIRONMENTS])
def test_a_wrong_environment_has_its_exit_code_and_words_that_help(
    environment: dict[str, str], code: int, words: str, tmp_path: Path
) -> None:
    write_files(tmp_path)
    given = {name: value.replace("FOLDER", str(tmp_path)) for name, value in environment.items()}
    done = CliRunner().invoke(app, ["query", "--stack", "shots"], env=given)
    assert (done.exit_code, words in answer(done)) == (code, True), answer(done)
    assert "Traceback" not in done.output


def test_there_are_at_least_46_mistakes() -> None:
    assert len({typed for typed, _, _ in MISTAKES}) >= 46


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "| true", "| head -1"])
def test_closed_streams_give_no_traceback(closed: str) -> None:
    command = f"{sys.executable} -m shutterstep_cli query --stack nowhere {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("typed", "words"), [("query", "Interrupted."), ("capture https://example.com", "continues")])
def test_ctrl_c_has_words_and_the_exit_code_of_an_interrupt(
    typed: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(_stack: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(f"shutterstep_cli.verbs.{typed.split()[0]}.choose_target", interrupted)
    done = CliRunner().invoke(app, typed.split())
    assert (done.exit_code, words in answer(done)) == (130, True), answer(done)


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
