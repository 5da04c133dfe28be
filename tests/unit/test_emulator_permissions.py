"""Roles and containers in the emulator: each patch repairs a fault that the unpatched emulator has."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import ecs, imds, stepfunctions, sts

from shutterstep_cli.local import permissions, task_containers

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:shots"
ROLE = "arn:aws:iam::000000000000:role/task-role"
CONTAINER = {
    "name": "renderer",
    "image": "renderer:latest",
    "user": "10001:10001",
    "readonlyRootFilesystem": True,
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp"}],
}
TASK = {"family": "renderer", "taskRoleArn": ROLE, "cpu": "512", "memory": "1024", "volumes": [{"Name": "tmp"}]}


@pytest.fixture(autouse=True)
def unpatched() -> Iterator[None]:
    """Restores everything that a test patches."""
    modules = [app, ecs, iam_actions, iam_evaluator, imds, stepfunctions]
    before = [dict(vars(module)) for module in modules]
    yield
    for module, old in zip(modules, before, strict=True):
        vars(module).update(old)


def engine_arguments() -> dict[str, Any]:
    return ecs._build_run_kwargs(CONTAINER, TASK, {}, {}, None, False, "0123456789", "arn:task", None, "arn:cluster")


def test_a_container_has_the_flags_of_its_definition() -> None:
    assert not {"read_only", "cap_drop", "user", "mem_limit", "mounts"} & set(engine_arguments())
    task_containers.start_containers_as_defined()
    made = engine_arguments()
    assert (made["user"], made["read_only"], made["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert (made["mem_limit"], made["nano_cpus"], made["network_mode"]) == (2**30, 5 * 10**8, "host")
    assert [(mount["Target"], mount["Type"]) for mount in made["mounts"]] == [("/tmp", "volume")]


def credentials(env: dict[str, str], token: str) -> tuple[int, dict[str, str]]:
    path = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].partition(":4566")[2]
    status, _, body = asyncio.run(imds.handle_request("GET", path, {"authorization": token}, b"", {}))
    return status, json.loads(body)


def registered() -> dict[str, str]:
    env: dict[str, str] = {}
    ecs._register_metadata(
        "arn:aws:ecs:us-east-1:000000000000:task/a", "arn", TASK, CONTAINER, "FARGATE", env, True, None
    )
    return env


def test_a_container_has_the_credentials_of_its_tasks_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "4566")
    env = registered()
    _, unpatched_ = credentials(env, env["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    assert unpatched_["AccessKeyId"] not in sts._sessions
    task_containers.give_tasks_their_role(tmp_path)
    env = registered()
    assert (env["EGRESS_LOCAL_PAGES"], env["EGRESS_CLOSED_PORTS"]) == ("true", "8377")
    _, patched = credentials(env, env["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    assert sts._sessions[patched["AccessKeyId"]]["Arn"].endswith(":assumed-role/task-role/task")
    assert credentials(env, "a guess")[0] == 400


def test_without_containers_the_engine_of_the_machine_is_left_alone() -> None:
    ecs._docker = "an engine"
    assert ecs._get_docker() == "an engine"
    task_containers.leave_the_engine_alone()
    assert ecs._get_docker() is None


def asked_about(token: str) -> str:
    body = json.dumps({"taskToken": token}).encode()
    headers = {"x-amz-target": "AWSStepFunctions.SendTaskSuccess"}
    return iam_actions.extract_resource_arn("states", "POST", "/", headers, body, {}, "us-east-1", "000000000000")


def test_an_answer_is_asked_about_on_the_machine_that_waits_for_it() -> None:
    execution = {"executionArn": "arn:execution", "stateMachineArn": MACHINE}
    stepfunctions._executions["arn:execution"] = execution
    context = {"Execution": {"Id": "arn:execution"}, "Task": {"Token": "token"}}
    try:
        assert asked_about("token") == "*"
        permissions.know_whose_token_it_is()
        stepfunctions._apply_jsonata_arguments({"Arguments": {}}, {}, context)
        assert (asked_about("token"), asked_about("unknown")) == (MACHINE, "*")
    finally:
        del stepfunctions._executions["arn:execution"]


def test_a_call_on_loopback_counts_as_tls() -> None:
    app.pin_request_origin("127.0.0.1", False)
    assert iam_evaluator._request_origin.get() == ("127.0.0.1", False)
    permissions.count_loopback_as_tls()
    app.pin_request_origin("127.0.0.1", False)
    assert iam_evaluator._request_origin.get() == ("127.0.0.1", True)


def test_each_call_is_recorded_once_with_its_role_and_its_answer(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    permissions.record_calls(calls)
    credentials_ = task_containers.credentials_of(ROLE)
    for _ in range(2):
        iam_evaluator.enforce(
            credentials_["AccessKeyId"], "s3:GetObject", "s3", "us-east-1", resource_arn="arn:aws:s3:::b/k"
        )
    lines = [json.loads(line) for line in calls.read_text().splitlines()]
    assert [(line["role"], line["action"], line["resource"], line["allowed"]) for line in lines] == [
        ("task-role", "s3:GetObject", "arn:aws:s3:::b/k", False)
    ]


def may_assume(account: str) -> bool:
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:*:{account}:*"},
    }
    allow = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    caller = "arn:aws:iam::000000000000:root"
    context = iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="Root",
        principal_account="000000000000",
        action="sts:AssumeRole",
        resource_arn=ROLE,
        region="us-east-1",
    )
    return iam_evaluator.evaluate_trust_policy({"Statement": [{**allow, "Condition": condition}]}, caller, context)


def test_ecs_assumes_the_roles_that_trust_it_for_this_account_alone() -> None:
    assert not may_assume("000000000000")
    permissions.name_the_account_that_ecs_works_for()
    assert may_assume("000000000000")
    assert not may_assume("111111111111")
