"""Deploying is steps that are shown, skipped when done, and safe to run again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from typer import Exit
from typer.testing import CliRunner

from shutterstep_cli.main import app
from shutterstep_cli.stack.target import Outputs
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
        "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
        "env PLATFORM=linux/amd64 scripts/image/engine.sh scripts/image/build.sh",
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
    assert "run the same command again" in said


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


STACK = {
    "StackName": "shots",
    "StackStatus": "CREATE_COMPLETE",
    "CreationTime": "2026-01-01T00:00:00Z",
    "Outputs": [{"OutputKey": "RepositoryUri", "OutputValue": "1.dkr.ecr.eu-west-1.amazonaws.com/shots"}],
}
ROLE = {
    "Path": "/aws-service-role/ecs.amazonaws.com/",
    "RoleName": "AWSServiceRoleForECS",
    "RoleId": "AROAEXAMPLEEXAMPLE00",
    "Arn": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "CreateDate": "2026-01-01T00:00:00Z",
}
NOT_THERE = ("ValidationError", "Stack with id shots does not exist")
EXPIRED = ("ExpiredToken", "The security token included in the request is expired")


@contextmanager
def cloudformation(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> Iterator[None]:
    """AWS's own answers to DescribeStacks, in order, checked against its model; any other call fails the test."""
    import boto3

    client = boto3.client("cloudformation", region_name="eu-west-1")
    with Stubber(client) as stubber:
        for answer in answers:
            if isinstance(answer, tuple):
                stubber.add_client_error("describe_stacks", *answer)
            else:
                stubber.add_response("describe_stacks", {"Stacks": [answer]})

        iam = boto3.client("iam", region_name="eu-west-1")
        known = {"cloudformation": client, "iam": iam}

        def only(_: Any, service: str) -> Any:
            return known.get(service) or pytest.fail(f"it asked {service}")

        monkeypatch.setattr("shutterstep_cli.stack.target.Target.client", only)
        with Stubber(iam) as roles:
            roles.add_response("get_role", {"Role": ROLE})
            yield


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that deploy ran."""
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr("shutterstep_cli.steps._run", lambda step: commands.append(step.command))
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return commands


@pytest.mark.parametrize("code", ["ExpiredToken", "AccessDenied", "Throttling", "InternalFailure"])
def test_only_does_not_exist_means_that_there_is_no_stack(
    code: str, ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloudformation(monkeypatch, (code, "no")):
        done = CliRunner().invoke(app, ["deploy", "--stack", "shots"])
    assert done.exit_code in (1, 2)
    assert code in done.output or "credentials" in done.output or "throttles" in done.output or "allowed" in done.output
    assert ran == []


def test_a_token_that_expires_between_two_steps_deploys_nothing_more(
    ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutterstep_cli.verbs.deploy.tag_of", lambda _image: "0123456789ab")
    with cloudformation(monkeypatch, NOT_THERE, EXPIRED):
        done = CliRunner().invoke(app, ["deploy", "--stack", "shots", "--yes"])
    assert done.exit_code == 2
    assert "does not accept the credentials (ExpiredToken)" in done.output
    assert not any("ImageUri" in word or "DIGEST" in word for command in ran for word in command)


def test_an_image_that_was_not_built_ends_the_deployment_before_the_template(
    ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutterstep_cli.verbs.deploy.tag_of", lambda _image: None)
    with cloudformation(monkeypatch, STACK):
        done = CliRunner().invoke(app, ["deploy", "--stack", "shots"])
    assert done.exit_code == 2
    assert "make image" in done.output
    assert not any("ImageUri" in word or "DIGEST" in word for command in ran for word in command)


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION", "profile"])
@pytest.mark.usefixtures("nowhere")
def test_the_region_of_either_variable_or_of_the_profile_is_used(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if variable == "profile":
        (tmp_path / "config").write_text("[profile shots]\nregion = eu-north-1\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_PROFILE", "shots")
    else:
        monkeypatch.setenv(variable, "eu-north-1")
    monkeypatch.setattr("shutterstep_cli.stack.target.Target.outputs", Outputs(STACK | {"Outputs": []}))
    done = CliRunner().invoke(app, ["deploy", "--dry-run"])
    shown = [line for line in done.stderr.splitlines() if "sam deploy" in line]
    assert len(shown) == 2
    assert all("--region eu-north-1" in line for line in shown)


@pytest.mark.parametrize("verb", [["deploy"], ["deploy", "--dry-run"], ["doctor", "--stack", "shots"]])
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_CLOUDFORMATION"])
def test_a_verb_that_means_aws_refuses_an_endpoint_on_this_machine(
    verb: list[str], variable: str, ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:4566")
    done = CliRunner().invoke(app, verb)
    assert done.exit_code == 2
    assert f"{variable} leads to this machine" in done.output
    assert "shutterstep local env --unset" in done.output
    assert ran == []


def test_an_endpoint_in_the_aws_configuration_is_refused_as_well(
    ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://localhost:4566\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    done = CliRunner().invoke(app, ["deploy"])
    assert done.exit_code == 2
    assert "endpoint_url in the AWS configuration leads to this machine" in done.output
    assert ran == []
