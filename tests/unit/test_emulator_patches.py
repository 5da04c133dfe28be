"""Each patch of the emulator: what it mends, and that the unpatched emulator has the fault."""

import json
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack.services import dynamodb, ecs, stepfunctions

from scripts.local import patches


@pytest.fixture
def unpatched() -> Iterator[None]:
    """Whatever a test patches is as it was afterwards."""
    modules: list[ModuleType] = [dynamodb, ecs, stepfunctions]
    before = [dict(vars(module)) for module in modules]
    tables = [{name: dict(value) for name, value in old.items() if isinstance(value, dict)} for old in before]
    yield
    for module, old, dictionaries in zip(modules, before, tables, strict=True):
        vars(module).update(old)
        for name, content in dictionaries.items():
            if any(callable(value) for value in content.values()):
                old[name].update(content)


@pytest.fixture
def eager_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def winners_of(round_: int) -> int:
    """How many of eight threads claim one id by the same conditional write."""
    wins: list[int] = []
    start = threading.Barrier(8)

    def claim(owner: int) -> None:
        start.wait()
        write = {
            "TableName": "claims",
            "Key": {"id": {"S": f"id-{round_}"}},
            "UpdateExpression": "SET claim = :owner",
            "ConditionExpression": "attribute_not_exists(id)",
            "ExpressionAttributeValues": {":owner": {"S": str(owner)}},
        }
        if dynamodb._update_item(write)[0] == 200:
            wins.append(owner)

    threads = [threading.Thread(target=claim, args=(owner,)) for owner in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(wins)


@pytest.fixture
def table() -> Iterator[None]:
    definition = {
        "TableName": "claims",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert dynamodb._create_table(definition)[0] == 200
    yield
    dynamodb._delete_table({"TableName": "claims"})


@pytest.mark.usefixtures("unpatched", "eager_threads", "table")
def test_of_many_claims_at_once_exactly_one_wins() -> None:
    patches.serialize_table_writes()
    assert {winners_of(round_) for round_ in range(150)} == {1}


@pytest.mark.usefixtures("unpatched", "eager_threads", "table")
def test_without_the_lock_two_claims_win() -> None:
    assert any(winners_of(round_) > 1 for round_ in range(3000))


@pytest.mark.usefixtures("unpatched")
def test_each_attempt_of_a_task_has_a_token_of_its_own() -> None:
    assert token_of_an_attempt() == "old"
    patches.give_each_attempt_its_own_token()
    assert len({token_of_an_attempt(), token_of_an_attempt(), "old"}) == 3


def token_of_an_attempt() -> str:
    state = {"Resource": "arn:aws:states:::ecs:runTask.waitForTaskToken", "Arguments": {}}
    context: dict[str, Any] = {"Task": {"Token": "old"}}
    stepfunctions._apply_jsonata_arguments(state, {}, context)
    return context["Task"]["Token"]


WAITING = {"TimeoutSeconds": 3, "HeartbeatSeconds": 0.2}


def error_of_a_silent_task() -> str:
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    with pytest.raises(stepfunctions._ExecutionError) as caught:
        stepfunctions._invoke_with_callback(resource, {}, "token", WAITING)
    return caught.value.error


@pytest.mark.usefixtures("unpatched")
def test_a_task_that_sends_no_heartbeat_ends_before_its_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepfunctions, "_SERVICE_DISPATCH", {"arn:aws:states:::sqs": lambda _r, _d: {}})
    assert error_of_a_silent_task() == "States.Timeout"
    patches.honour_heartbeat_seconds()
    assert error_of_a_silent_task() == "States.HeartbeatTimeout"


@pytest.mark.usefixtures("unpatched")
def test_a_reported_exit_stops_the_task_with_its_code() -> None:
    ecs._create_cluster({"clusterName": "patched"})
    container = {"name": "renderer", "image": "none", "essential": True}
    ecs._register_task_definition({"family": "patched", "containerDefinitions": [container]})
    started = json.loads(ecs._run_task({"cluster": "patched", "taskDefinition": "patched"})[2])
    arn = started["tasks"][0]["taskArn"]
    report = {"cluster": "patched", "task": arn, "reason": "it ended", "containers": [{"exitCode": 137}]}
    ecs._submit_task_state_change(report)
    assert described(arn)["lastStatus"] == "RUNNING"
    patches.let_the_launcher_report_exits()
    ecs._submit_task_state_change(report)
    assert described(arn)["lastStatus"] == "STOPPED"
    assert described(arn)["containers"][0]["exitCode"] == 137


def described(arn: str) -> dict[str, Any]:
    return json.loads(ecs._describe_tasks({"cluster": "patched", "tasks": [arn]})[2])["tasks"][0]


def test_a_patch_for_something_that_is_gone_says_so() -> None:
    with pytest.raises(patches.PatchError, match="_no_such_function is gone"):
        patches._replace(ecs, "_no_such_function", lambda original: original)
