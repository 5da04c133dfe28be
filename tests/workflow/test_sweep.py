"""The sweep: claims that outlived their lease are given back, counted, and nothing else is touched."""

import json
import uuid
from functools import partial
from typing import Any

import pytest

from shutterstep.ids import unfinished_shard
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.target import Target
from tests import waiting

wait_for = partial(waiting.wait_for, seconds=60)

PAST, FUTURE = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"


@pytest.fixture
def prefix() -> str:
    return f"sweep-{uuid.uuid4().hex[:8]}"


def put(aws: Any, target: Target, id_: str, **fields: str) -> None:
    """An item as Claim leaves it, but for these fields."""
    item = {"id": id_, "status": "processing", "claim": f"{id_}--dead", "claimed_at": PAST, **fields}
    attributes = {name: {"S": value} for name, value in item.items()}
    attributes["unfinished_shard"] = {"N": str(unfinished_shard(id_))}
    aws.client("dynamodb").put_item(TableName=target.outputs["TableName"], Item=attributes)


def sweep(aws: Any, target: Target) -> dict[str, Any]:
    """One run, as the schedule starts it; its end."""
    sfn = aws.client("stepfunctions")
    machine = target.outputs["SweepStateMachineArn"]
    arn = sfn.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    wait_for(lambda: sfn.describe_execution(executionArn=arn)["status"] != "RUNNING")
    return sfn.describe_execution(executionArn=arn)


def test_claims_beyond_their_lease_are_given_back_whatever_their_shard(
    running_stack: Target, aws: Any, prefix: str
) -> None:
    ids = [f"{prefix}-{number}" for number in range(25)]
    for id_ in ids:
        put(aws, running_stack, id_, lease_expires_at=PAST)
    done = sweep(aws, running_stack)
    items = [item_of(running_stack, id_) for id_ in ids]
    assert len({unfinished_shard(id_) for id_ in ids}) > 5
    assert {(item["status"], item["error_code"]) for item in items} == {("failed", "Shutterstep.LeaseExpired")}
    assert all("unfinished_shard" in item and "finished_at" in item for item in items)
    assert json.loads(done["output"])["swept"] >= len(ids)


def test_a_claim_whose_lease_holds_and_a_failed_item_stay_as_they_are(
    running_stack: Target, aws: Any, prefix: str
) -> None:
    put(aws, running_stack, f"{prefix}-at-work", lease_expires_at=FUTURE)
    put(aws, running_stack, f"{prefix}-failed", lease_expires_at=PAST, status="failed", error_code="Render.DnsFailure")
    before = [item_of(running_stack, f"{prefix}-{name}") for name in ("at-work", "failed")]
    assert sweep(aws, running_stack)["status"] == "SUCCEEDED"
    assert [item_of(running_stack, f"{prefix}-{name}") for name in ("at-work", "failed")] == before


def test_an_item_that_cannot_be_given_back_does_not_stop_the_others_and_fails_the_run(
    running_stack: Target, aws: Any, prefix: str
) -> None:
    for number in range(25):
        put(aws, running_stack, f"{prefix}-{number}", lease_expires_at=PAST)
    table = aws.resource("dynamodb").Table(running_stack.outputs["TableName"])
    table.update_item(Key={"id": f"{prefix}-7"}, UpdateExpression="REMOVE claim")
    try:
        assert sweep(aws, running_stack)["status"] == "FAILED"
    finally:
        table.delete_item(Key={"id": f"{prefix}-7"})
    others = [item_of(running_stack, f"{prefix}-{number}") for number in range(25) if number != 7]
    assert {item["status"] for item in others} == {"failed"}


def test_what_was_swept_is_a_metric(running_stack: Target, aws: Any, prefix: str) -> None:
    put(aws, running_stack, prefix, lease_expires_at=PAST)
    sweep(aws, running_stack)
    found = running_stack.client("cloudwatch").list_metrics(Namespace=f"Shutterstep/{running_stack.stack_name}")[
        "Metrics"
    ]
    assert "ClaimsSwept" in {metric["MetricName"] for metric in found}


def test_the_schedule_starts_the_sweep(running_stack: Target) -> None:
    events = running_stack.client("events")
    (rule,) = [rule for rule in events.list_rules()["Rules"] if "SweepRule" in rule["Name"]]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(15 minutes)", "ENABLED")
    assert target["Arn"] == running_stack.outputs["SweepStateMachineArn"]
