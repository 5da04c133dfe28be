"""The first deployment of an account: the role of ECS, a creation that failed, a change set that was declined."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from shutterstep_cli.main import app
from shutterstep_cli.stack.first_deployment import first_steps
from shutterstep_cli.stack.target import Target
from shutterstep_cli.steps import run_steps
from tests.unit.cloudformation import state_machines
from tests.unit.test_deploy import NOT_THERE, ROLE, STACK

REGION = "eu-west-1"
FAILED = {**STACK, "StackStatus": "ROLLBACK_COMPLETE", "Outputs": []}
DECLINED = {**STACK, "StackStatus": "REVIEW_IN_PROGRESS", "Outputs": []}

Answer = tuple[str, Any]
Stub = Callable[..., Stubber]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Gives a service its answers, in order, each an operation with a response or an error's code and message."""
    clients: dict[str, Any] = {}
    monkeypatch.setattr("shutterstep_cli.stack.target.Target.client", lambda _, service: clients[service])
    monkeypatch.setattr("shutterstep_cli.steps._run", lambda step: step.act() if step.act else None)
    monkeypatch.setenv("AWS_REGION", REGION)

    def stub(service: str, *answers: Answer) -> Stubber:
        clients[service] = boto3.client(service, region_name=REGION)
        stubber = Stubber(clients[service])
        for operation, answer in answers:
            if isinstance(answer, tuple):
                stubber.add_client_error(operation, *answer)
            else:
                stubber.add_response(operation, answer)
        stubber.activate()
        return stubber

    return stub


def target() -> Target:
    return Target(boto3.Session(region_name=REGION), "shots")


def test_an_account_without_the_role_of_ecs_gets_it(stub: Stub) -> None:
    iam = stub("iam", ("get_role", ("NoSuchEntity", "no")), ("create_service_linked_role", {"Role": ROLE}))
    run_steps(first_steps(target(), None), dry_run=False)
    iam.assert_no_pending_responses()


def test_a_role_that_somebody_makes_at_the_same_time_is_as_good(stub: Stub) -> None:
    taken = ("InvalidInput", "Service role name AWSServiceRoleForECS has been taken in this account")
    iam = stub("iam", ("get_role", ("NoSuchEntity", "no")), ("create_service_linked_role", taken))
    run_steps(first_steps(target(), None), dry_run=False)
    iam.assert_no_pending_responses()


def test_an_account_that_has_the_role_keeps_it(stub: Stub) -> None:
    iam = stub("iam", ("get_role", {"Role": ROLE}))
    run_steps(first_steps(target(), "UPDATE_COMPLETE"), dry_run=False)
    iam.assert_no_pending_responses()


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_a_stack_whose_first_creation_failed_is_deleted(status: str, stub: Stub) -> None:
    stub("iam", ("get_role", {"Role": ROLE}))
    gone = {**FAILED, "StackStatus": "DELETE_COMPLETE"}
    cloudformation = stub("cloudformation", ("delete_stack", {}), ("describe_stacks", {"Stacks": [gone]}))
    run_steps(first_steps(target(), status), dry_run=False)
    cloudformation.assert_no_pending_responses()


@pytest.mark.parametrize("status", [None, "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_no_other_stack_is_deleted(status: str | None) -> None:
    assert [step.why for step in first_steps(target(), status) if "delete" in step.shown()] == []


def test_a_name_that_the_workflows_cannot_carry_is_refused_before_anything_is_built() -> None:
    names = [machine["Name"]["Fn::Sub"].replace("${AWS::StackName}", "") for machine in state_machines().values()]
    longest = 80 - max(map(len, names))
    done = CliRunner().invoke(app, ["deploy", "--dry-run", "--stack", "s" * (longest + 1)])
    assert done.exit_code == 2
    assert f"at most {longest} characters" in " ".join(done.output.split())


def test_a_declined_change_set_of_a_new_stack_is_no_dry_run(stub: Stub) -> None:
    stub("iam", ("get_role", {"Role": ROLE}))
    stub("cloudformation", ("describe_stacks", NOT_THERE), ("describe_stacks", {"Stacks": [DECLINED]}))
    done = CliRunner().invoke(app, ["deploy", "--stack", "shots"])
    assert done.exit_code == 1
    assert "was declined" in done.output
    assert "DIGEST" not in done.output


def test_a_declined_change_set_with_the_image_is_told(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutterstep_cli.verbs.deploy.tag_of", lambda _image: "0123456789ab")
    stub("iam", ("get_role", {"Role": ROLE}))
    stub("ecr", *[("batch_get_image", {"images": [PUSHED]})] * 20)
    stub("cloudformation", *[("describe_stacks", {"Stacks": [STACK]})] * 4)
    done = CliRunner().invoke(app, ["deploy", "--stack", "shots", "--yes"])
    assert done.exit_code == 1
    assert "the stack is as it was" in done.output
    assert "DeletionProtection=ENABLED" in done.output


PUSHED = {"imageId": {"imageDigest": "sha256:12"}, "imageManifest": '{"layers": []}'}


@pytest.mark.parametrize(("architecture", "platform"), [("X86_64", "linux/amd64"), ("ARM64", "linux/arm64")])
def test_the_image_is_built_for_the_processor_of_the_tasks(
    architecture: str, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr("shutterstep_cli.stack.target.Target.outputs", {})
    arguments = ["deploy", "--dry-run", "--set", f"TaskArchitecture={architecture}"]
    monkeypatch.setattr("shutterstep_cli.verbs.deploy._status", lambda _target: None)
    assert f"PLATFORM={platform}" in CliRunner().invoke(app, arguments).output


def test_an_image_of_another_processor_is_not_pushed(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutterstep_cli.verbs.image.tag_of", lambda _image: "0123456789ab")
    monkeypatch.setattr("shutterstep_cli.verbs.image.platform_of", lambda _image: "linux/arm64")
    outputs = [*STACK["Outputs"], {"OutputKey": "TaskArchitecture", "OutputValue": "X86_64"}]
    stub("cloudformation", *[("describe_stacks", {"Stacks": [{**STACK, "Outputs": outputs}]})] * 3)
    done = CliRunner().invoke(app, ["image", "push", "--stack", "shots"])
    assert done.exit_code == 2
    assert "built for linux/arm64" in done.output
    assert "image build --architecture X86_64" in done.output
