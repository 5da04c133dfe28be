"""`shutterstep verify` on the running stack in both modes, and on one whose guarantees were broken by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shutterstep_cli.local import local_pool
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.main import app
from shutterstep_cli.stack.items import unfinished
from shutterstep_cli.stack.target import Target

pytestmark = pytest.mark.long

ON_AWS_ONLY = {"logs are written", "metrics are written", "alarms are OK", "autoscaling is registered"}
Definition = dict[str, Any]


def verify(folder: Path, name: str = "report.md") -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["verify", "--json", "--wait", "240", "--report", str(folder / name)])
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, json.loads(done.stdout)


def statuses(told: dict[str, Any]) -> dict[str, str]:
    return {tick["name"]: tick["status"] for tick in told["ticks"]}


def left_over(target: Target, prefix: str) -> list[str]:
    """Whatever of a verification is still in the bucket, the index of unfinished items or the dead-letter queue."""
    s3, bucket = target.client("s3"), target.outputs["BucketName"]
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []) if prefix in entry["Key"]]
    letters = target.client("sqs").receive_message(
        QueueUrl=target.outputs["DeadLetterQueueUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    bodies = [message["Body"] for message in letters.get("Messages", []) if prefix in message["Body"]]
    return keys + bodies + [item["id"] for item in unfinished(target) if item["id"].startswith(prefix)]


def test_a_stack_that_starts_a_task_for_each_picture_passes_and_is_left_clean(
    running_stack: Target, tmp_path: Path
) -> None:
    code, told = verify(tmp_path)
    assert (told["missing"], code, told["mode"]) == ([], 0, "task")
    apart = {name for name, status in statuses(told).items() if status == "not_applicable"}
    assert apart == ON_AWS_ONLY | {"workers are replaced under load"}
    assert left_over(running_stack, told["prefix"]) == []
    assert told["cleaned"]["items"] > 0
    report = Path(told["report"]).read_text("utf-8")
    assert "**Passed: 12 of 12 ticks, 5 do not apply here.**" in report
    assert "failed attempts: Render.TaskStopped" in report


@pytest.fixture
def pool_stack(running_stack: Target) -> Iterator[Target]:
    local_pool.up(local_pool.Options(pool=2), lambda _line: None)
    yield local_target()
    local_pool.up(local_pool.Options(no_pool=True), lambda _line: None)


def test_a_pool_passes_and_its_workers_are_others_afterwards(pool_stack: Target, tmp_path: Path) -> None:
    code, told = verify(tmp_path, "report.html")
    assert (told["missing"], code, told["mode"]) == ([], 0, "pool")
    assert statuses(told)["workers are replaced under load"] == "met"
    assert "Passed: 13 of 13 ticks" in Path(told["report"]).read_text("utf-8")


def claim_takes_finished_ids_again(definition: Definition) -> None:
    definition["States"]["Claim"]["Arguments"]["ExpressionAttributeValues"][":rendered_again"] = {"S": "success"}


def success_names_another_picture(definition: Definition) -> None:
    definition["States"]["MarkSuccess"]["Arguments"]["ExpressionAttributeValues"][":sha256"] = {"S": "0" * 64}


@pytest.fixture(scope="module")
def told_of_broken_stack(running_stack: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What verify says of a stack without three of its guarantees; they are given back afterwards."""
    sfn, events = running_stack.client("stepfunctions"), running_stack.client("events")
    machine = running_stack.outputs["StateMachineArn"]
    sound = sfn.describe_state_machine(stateMachineArn=machine)["definition"]
    definition = json.loads(sound)
    mutations: list[Callable[[Definition], None]] = [claim_takes_finished_ids_again, success_names_another_picture]
    for mutate in mutations:
        mutate(definition)
    sfn.update_state_machine(stateMachineArn=machine, definition=json.dumps(definition))
    (rule,) = [one["Name"] for one in events.list_rules()["Rules"] if "ExecutionEndedRule" in one["Name"]]
    events.disable_rule(Name=rule)
    try:
        code, told = verify(tmp_path_factory.mktemp("broken"))
        assert code == 1
        yield told
    finally:
        events.enable_rule(Name=rule)
        sfn.update_state_machine(stateMachineArn=machine, definition=sound)


@pytest.mark.parametrize(
    ("broken", "tick", "evidence"),
    [
        ("Claim takes finished ids again", "one render an id", "unique-0: 2 committed pictures"),
        ("the rule of ended executions is off", "claims are given back within seconds", "was not given back"),
        ("MarkSuccess writes another SHA-256", "every picture has its item and its SHA-256", "the item says 000000"),
    ],
)
def test_a_guarantee_that_is_broken_by_hand_is_a_missing_tick(
    told_of_broken_stack: dict[str, Any], broken: str, tick: str, evidence: str
) -> None:
    (found,) = [one for one in told_of_broken_stack["ticks"] if one["name"] == tick]
    assert found["status"] == "missing", broken
    assert evidence in " ".join([found["found"], *found["evidence"]])


def test_what_was_not_broken_still_holds(told_of_broken_stack: dict[str, Any]) -> None:
    assert set(told_of_broken_stack["missing"]) == {
        "one render an id",
        "each skip reason seen",
        "claims are given back within seconds",
        "failed executions can be replayed",
        "every picture has its item and its SHA-256",
    }
