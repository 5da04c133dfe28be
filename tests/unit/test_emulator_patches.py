"""Each patch of the emulator repairs a fault that the unpatched emulator has."""

import inspect
import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ministack.services import dynamodb, ecs, stepfunctions

from shutterstep_cli.local import emulator, patches
from tests.waiting import wait_for


@pytest.fixture
def unpatched() -> Iterator[None]:
    """Restores everything that a test patches."""
    modules: list[ModuleType] = [dynamodb, ecs, stepfunctions]
    before = [dict(vars(module)) for module in modules]
    tables = [{name: dict(value) for name, value in old.items() if isinstance(value, dict)} for old in before]
    yield
    for module, old, dictionaries in zip(modules, before, tables, strict=True):
        vars(module).update(old)
        for name, content in dictionaries.items():
            if any(callable(value) for value in content.values()):
                old[name].update(content)


def winners(monkeypatch: pytest.MonkeyPatch, seconds: float) -> int:
    """How many of two threads claim one id by the same conditional write.

    Each waits for the other so long after its condition was checked and before it writes.
    """
    wins: list[int] = []
    checked = threading.Barrier(2)
    evaluate = dynamodb._evaluate_condition

    def evaluated(*arguments: Any) -> bool:
        found = evaluate(*arguments)
        with suppress(threading.BrokenBarrierError):  # the other waits for our write
            checked.wait(seconds)
        return found

    monkeypatch.setattr(dynamodb, "_evaluate_condition", evaluated)

    def claim(owner: int) -> None:
        write = {
            "TableName": "claims",
            "Key": {"id": {"S": "id"}},
            "UpdateExpression": "SET claim = :owner",
            "ConditionExpression": "attribute_not_exists(id)",
            "ExpressionAttributeValues": {":owner": {"S": str(owner)}},
        }
        if dynamodb._update_item(write)[0] == 200:
            wins.append(owner)

    threads = [threading.Thread(target=claim, args=(owner,)) for owner in range(2)]
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


@pytest.mark.usefixtures("unpatched", "table")
def test_of_two_claims_at_once_exactly_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    patches.serialize_table_writes()
    assert winners(monkeypatch, seconds=0.5) == 1


@pytest.mark.usefixtures("unpatched", "table")
def test_without_the_lock_both_claims_win(monkeypatch: pytest.MonkeyPatch) -> None:
    assert winners(monkeypatch, seconds=60) == 2


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


def error_of_a_silent_task(timeout: float) -> str:
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    waiting = {"TimeoutSeconds": timeout, "HeartbeatSeconds": 0.2}
    with pytest.raises(stepfunctions._ExecutionError) as caught:
        stepfunctions._invoke_with_callback(resource, {}, "token", waiting)
    return caught.value.error


@pytest.mark.usefixtures("unpatched")
def test_a_task_that_sends_no_heartbeat_ends_before_its_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepfunctions, "_SERVICE_DISPATCH", {"arn:aws:states:::sqs": lambda _r, _d: {}})
    assert error_of_a_silent_task(timeout=0.6) == "States.Timeout"
    patches.honour_heartbeat_seconds()
    assert error_of_a_silent_task(timeout=600) == "States.HeartbeatTimeout"


RETRIER = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "BackoffRate": 3,
    "MaxAttempts": 9,
    "MaxDelaySeconds": 5,
}


def delay_before_retry(number: int, retrier: dict[str, Any]) -> float:
    """As the emulator computes it of the retrier that it finds."""
    found, _ = stepfunctions._find_matching_retrier([retrier], "Any", {0: number})
    return found["IntervalSeconds"] * found["BackoffRate"] ** number


@pytest.mark.usefixtures("unpatched")
def test_a_retry_waits_no_longer_than_its_largest_delay() -> None:
    assert [delay_before_retry(number, RETRIER) for number in range(3)] == [2, 6, 18]
    patches.honour_retry_delays()
    assert [delay_before_retry(number, RETRIER) for number in range(3)] == [2, 5, 5]


@pytest.mark.usefixtures("unpatched")
def test_retries_with_jitter_are_spread() -> None:
    jittered = {**RETRIER, "JitterStrategy": "FULL"}
    assert delay_before_retry(0, jittered) == 2
    patches.honour_retry_delays()
    delays = {delay_before_retry(0, jittered) for _ in range(20)}
    assert len(delays) > 1
    assert all(0 <= delay <= 2 for delay in delays)


WAITS = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "TimeoutSeconds": 600,
    "Arguments": "{% $states.context.Task.Token %}",
    "Retry": [{"ErrorEquals": ["Late"], "IntervalSeconds": 0}],
    "End": True,
}


@pytest.fixture
def sent_tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The token of each task that an execution starts."""
    sent: list[str] = []
    monkeypatch.setattr(
        stepfunctions, "_SERVICE_DISPATCH", {"arn:aws:states:::sqs": lambda _r, token: sent.append(token)}
    )
    return sent


def start(**definition: Any) -> str:
    """An execution of one state that waits for its token."""
    machine = {"QueryLanguage": "JSONata", "StartAt": "Wait", "States": {"Wait": WAITS}, **definition}
    role = "arn:aws:iam::000000000000:role/none"
    name = f"machine-{uuid.uuid4().hex}"
    made = stepfunctions._create_state_machine({"name": name, "definition": json.dumps(machine), "roleArn": role})
    started = stepfunctions._start_execution({"stateMachineArn": json.loads(made[2])["stateMachineArn"]})
    return json.loads(started[2])["executionArn"]


def stopped_while_it_waits(sent_tokens: list[str]) -> tuple[str, list[threading.Thread]]:
    """An execution that was stopped before its task answered, and the threads in which it goes on."""
    before = threading.enumerate()
    execution = start()
    # Until its token is known to the emulator, which comes after the job was sent.
    wait_for(lambda: sent_tokens and sent_tokens[0] in stepfunctions._task_tokens)
    threads = [thread for thread in threading.enumerate() if thread not in before]
    stepfunctions._stop_execution({"executionArn": execution})
    return execution, threads


def answered_late(sent_tokens: list[str], error: str) -> int:
    """The HTTP status of the answer that the task gives."""
    return stepfunctions._send_task_failure({"taskToken": sent_tokens[0], "error": error})[0]


@pytest.mark.usefixtures("unpatched")
def test_unpatched_a_late_answer_makes_a_stopped_execution_failed(sent_tokens: list[str]) -> None:
    execution, _ = stopped_while_it_waits(sent_tokens)
    assert answered_late(sent_tokens, "Other") == 200
    wait_for(lambda: stepfunctions._executions[execution]["status"] == "FAILED")


@pytest.mark.usefixtures("unpatched")
def test_unpatched_a_stopped_execution_starts_its_task_again(sent_tokens: list[str]) -> None:
    stopped_while_it_waits(sent_tokens)
    answered_late(sent_tokens, "Late")
    wait_for(lambda: len(sent_tokens) == 2)


@pytest.mark.usefixtures("unpatched")
@pytest.mark.parametrize("error", ["Other", "Late"])
def test_a_stopped_execution_stays_stopped(sent_tokens: list[str], error: str) -> None:
    patches.keep_ended_executions_ended()
    execution, threads = stopped_while_it_waits(sent_tokens)
    wait_for(lambda: sent_tokens[0] not in stepfunctions._task_tokens)
    assert answered_late(sent_tokens, error) == 400
    wait_for(lambda: not any(thread.is_alive() for thread in threads))
    assert stepfunctions._executions[execution]["status"] == "ABORTED"
    assert stepfunctions._executions[execution]["events"][-1]["type"] == "ExecutionAborted"
    assert len(sent_tokens) == 1


@pytest.mark.usefixtures("unpatched")
def test_unpatched_a_workflow_outlives_its_timeout(sent_tokens: list[str]) -> None:
    execution = start(TimeoutSeconds=1)
    wait_for(lambda: sent_tokens)
    threading.Event().wait(1.3)
    assert stepfunctions._executions[execution]["status"] == "RUNNING"
    stepfunctions._send_task_success({"taskToken": sent_tokens[0]})


@pytest.mark.usefixtures("unpatched")
def test_a_workflow_times_out_and_its_token_with_it(sent_tokens: list[str]) -> None:
    patches.keep_ended_executions_ended()
    patches.honour_the_workflows_timeout()
    execution = start(TimeoutSeconds=1)
    wait_for(lambda: stepfunctions._executions[execution]["status"] != "RUNNING")
    assert stepfunctions._executions[execution]["status"] == "TIMED_OUT"
    assert stepfunctions._executions[execution]["events"][-1]["type"] == "ExecutionTimedOut"
    wait_for(lambda: stepfunctions._send_task_success({"taskToken": sent_tokens[0]})[0] == 400)


@pytest.mark.usefixtures("unpatched")
def test_a_workflow_that_ends_in_time_succeeds(sent_tokens: list[str]) -> None:
    patches.keep_ended_executions_ended()
    patches.honour_the_workflows_timeout()
    execution = start(TimeoutSeconds=600)
    wait_for(lambda: sent_tokens)
    stepfunctions._send_task_success({"taskToken": sent_tokens[0], "output": "{}"})
    wait_for(lambda: stepfunctions._executions[execution]["status"] == "SUCCEEDED")


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
    with pytest.raises(patches.PatchError, match="_no_such_function does not exist"):
        patches.replace(ecs, "_no_such_function", lambda original: original)


def test_the_table_of_patches_has_each_that_the_emulator_gets_and_no_other() -> None:
    document = (Path(__file__).resolve().parents[2] / "docs/LOCAL.md").read_text("utf-8")
    made = re.findall(r"^    (\w+)\(\)$", inspect.getsource(patches.apply_all), re.MULTILINE)
    made += re.findall(r"(?:permissions|task_containers)\.(\w+)\(", inspect.getsource(emulator.main))
    section = document.partition("## What we change")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == sorted(made)
