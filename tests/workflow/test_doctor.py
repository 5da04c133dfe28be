"""`shutterstep doctor` on the deployed stack: a sound one, and one in which something was broken by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from shutterstep_cli.health.check import DeployedStack
from shutterstep_cli.main import app
from shutterstep_cli.stack.target import Target


def doctor(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = CliRunner().invoke(app, ["doctor", "--json", *arguments])
    told = json.loads(done.stdout)
    return done.exit_code, {check["name"]: check for check in told["checks"]}


@pytest.fixture
def stack(running_stack: Target) -> DeployedStack:
    return DeployedStack(running_stack)


@pytest.fixture
def hidden_too_short(running_stack: Target) -> Iterator[None]:
    sqs, queue = running_stack.client("sqs"), running_stack.outputs["RequestQueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "30"})
    yield
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "300"})


@pytest.fixture
def dead_letter(running_stack: Target) -> Iterator[None]:
    sqs, queue = running_stack.client("sqs"), running_stack.outputs["RenderDeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=queue)


@pytest.fixture
def rule_off(running_stack: Target) -> Iterator[None]:
    events, rule = running_stack.client("events"), running_stack.outputs["TaskStoppedRuleName"]
    events.disable_rule(Name=rule)
    yield
    events.enable_rule(Name=rule)


@pytest.fixture
def policy_gone(running_stack: Target, stack: DeployedStack) -> Iterator[None]:
    iam, role = running_stack.client("iam"), stack.physical("PoolTaskRole")
    policy: Any = iam.get_role_policy(RoleName=role, PolicyName="pool")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="pool")
    yield
    iam.put_role_policy(RoleName=role, PolicyName="pool", PolicyDocument=json.dumps(policy))


def test_a_sound_stack_fails_no_check_and_each_says_what_it_found(running_stack: Target) -> None:
    code, checks = doctor()
    assert [check for check in checks.values() if check["status"] == "fail"] == []
    assert code == 0
    assert all(check["found"] for check in checks.values())
    assert all(bool(check["fix"]) == (check["status"] != "pass") for check in checks.values())


@pytest.mark.usefixtures("hidden_too_short")
def test_a_visibility_below_six_times_the_functions_timeout_fails(running_stack: Target) -> None:
    code, checks = doctor()
    assert (code, checks["request visibility"]["status"]) == (1, "fail")
    assert "VisibilityTimeout=180" in checks["request visibility"]["fix"]


@pytest.mark.usefixtures("dead_letter")
def test_a_dead_letter_fails(running_stack: Target) -> None:
    code, checks = doctor()
    assert (code, checks["RenderDeadLetterQueue"]["status"]) == (1, "fail")


@pytest.mark.usefixtures("rule_off")
def test_a_rule_that_is_off_fails(running_stack: Target) -> None:
    code, checks = doctor()
    assert (code, checks["TaskStoppedRule"]["status"]) == (1, "fail")


@pytest.mark.usefixtures("policy_gone")
def test_a_role_that_may_not_do_its_work_fails_and_names_the_actions(running_stack: Target) -> None:
    code, checks = doctor()
    assert (code, checks["PoolTaskRole"]["status"]) == (1, "fail")
    assert "sqs:ReceiveMessage" in checks["PoolTaskRole"]["found"]


@pytest.mark.usefixtures("policy_gone")
def test_the_fix_stands_under_what_was_found(running_stack: Target) -> None:
    lines = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()
    (role,) = (number for number, line in enumerate(lines) if line.startswith("fail  PoolTaskRole "))
    assert lines[role + 1].startswith("      → deploy again if a policy was changed by hand")
    assert "pass," in lines[-1]
