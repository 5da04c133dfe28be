"""Deploying is steps that are shown, skipped when done, and safe to run again."""

import subprocess
import sys

import pytest
from typer import Exit
from typer.testing import CliRunner

from shutterstep_cli.main import app
from shutterstep_cli.steps import Step, run_steps

TRUE, FALSE = (sys.executable, "-c", ""), (sys.executable, "-c", "raise SystemExit(3)")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials and no region: what a dry run must do without."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("nowhere")
def test_a_dry_run_shows_every_command_and_runs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutterstep_cli.steps._run", lambda step: pytest.fail(f"it ran {step.command}"))
    done = CliRunner().invoke(app, ["deploy", "--dry-run", "--stack", "shots", "--set", "RenderMode=pool", "--yes"])
    shown = [line[2:] for line in done.stderr.splitlines() if line.startswith("$ ")]
    confirmed = "sam deploy --stack-name shots --no-fail-on-empty-changeset --no-confirm-changeset"
    assert done.exit_code == 0
    assert shown == [
        "scripts/image/engine.sh scripts/image/build.sh",
        "sam build",
        confirmed,
        "shutterstep image push --stack shots",
        f"{confirmed} --parameter-overrides RenderMode=pool ImageUri=REPOSITORY@DIGEST",
    ]


def test_a_parameter_without_a_value_is_refused_by_name() -> None:
    done = CliRunner().invoke(app, ["deploy", "--dry-run", "--set", "RenderMode"])
    assert done.exit_code == 2
    assert "NAME=VALUE" in done.output


def test_what_is_done_is_skipped_and_a_failure_ends_the_work(capfd: pytest.CaptureFixture[str]) -> None:
    never = Step("never", (sys.executable, "-c", "print('ran')"), lambda: True)
    with pytest.raises(Exit) as ended:
        run_steps([never, Step("works", TRUE), Step("fails", FALSE), Step("after", TRUE)], dry_run=False)
    said = capfd.readouterr().err
    assert ended.value.exit_code == 1
    assert [line for line in said.splitlines() if line.startswith("#")] == ["# never", "# works", "# fails"]
    assert "done before" in said
    assert "run the same again" in said


def test_a_tool_that_is_missing_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended:
        run_steps([Step("package", ("no-such-sam", "build"))], dry_run=False)
    assert ended.value.exit_code == 2
    assert "no-such-sam is not installed" in capfd.readouterr().err


def test_a_secret_goes_by_stdin_and_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    reads = (sys.executable, "-c", "import sys; raise SystemExit(sys.stdin.read() != 'secret')")
    run_steps([Step("log in", reads, secret=lambda: "secret", secret_by="aws ecr get-login-password")], dry_run=False)
    said = capfd.readouterr().err
    assert "aws ecr get-login-password | " in said
    assert "--password" not in said
    assert subprocess.run(reads, input="wrong", text=True, check=False).returncode == 1
