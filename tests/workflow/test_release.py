"""What ends outside the screenshot workflow: stopped executions give their claim back, stopped tasks fail."""

import json
import uuid
from functools import partial
from typing import Any

import pytest

from shutterstep_cli.local.task_events import stopped_event
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests import waiting
from tests.workflow.fake_renderer import FakeRenderer

wait_for = partial(waiting.wait_for, seconds=20)


@pytest.fixture
def id_() -> str:
    return f"release-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def owner(running_stack: Target, renderer: FakeRenderer, id_: str) -> Shot:
    """An execution whose task is at work."""
    shot = submit(running_stack, {"url": held(id_), "id": id_})
    wait_for(lambda: renderer.rendered[held(id_)])
    return shot


def held(id_: str) -> str:
    """A page of the id's own: an earlier test's execution may still try its page again."""
    return f"http://example.com/{id_}/held"


def release(target: Target, event: dict[str, Any]) -> tuple[str, str]:
    """Start the release workflow as EventBridge would; its status and the last state it entered."""
    sfn = target.client("stepfunctions")
    machine = target.outputs["ReleaseStateMachineArn"]
    arn = sfn.start_execution(stateMachineArn=machine, input=json.dumps(event))["executionArn"]
    wait_for(lambda: sfn.describe_execution(executionArn=arn)["status"] != "RUNNING")
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in sfn.get_execution_history(executionArn=arn)["events"]
        if "stateEnteredEventDetails" in event
    ]
    return sfn.describe_execution(executionArn=arn)["status"], entered[-1]


def ended(shot: Shot, status: str, id_: str) -> dict[str, Any]:
    detail = {"name": shot.execution_arn.rpartition(":")[2], "status": status, "input": json.dumps({"id": id_})}
    return {"source": "aws.states", "detail": detail}


def stop(target: Target, task: str, code: int) -> dict[str, Any]:
    """Let the render task end, and make the event of it."""
    ecs, cluster = target.client("ecs"), target.outputs["ClusterName"]
    container = {"containerName": "renderer", "exitCode": code}
    report = {"status": "STOPPED", "reason": "Essential container in task exited", "containers": [container]}
    ecs.submit_task_state_change(cluster=cluster, task=task, **report)
    return stopped_event(ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0])


def task_of(target: Target, id_: str) -> str:
    ecs, cluster = target.client("ecs"), target.outputs["ClusterName"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster)["taskArns"])["tasks"]
    return next(task["taskArn"] for task in tasks if f"shots/{id_}/" in json.dumps(task["overrides"]))


def matches(target: Target, event: dict[str, Any]) -> bool:
    events = target.client("events")
    pattern = events.describe_rule(Name=target.outputs["TaskStoppedRuleName"])["EventPattern"]
    return events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]


def test_a_stopped_execution_frees_its_id_and_a_duplicate_renders(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    running_stack.client("stepfunctions").stop_execution(executionArn=owner.execution_arn)
    wait_for(lambda: item_of(running_stack, id_)["status"] == "failed")
    item = item_of(running_stack, id_)
    renderer.gate.set()
    duplicate = submit(running_stack, {"url": held(id_), "id": id_})
    follow(running_stack, [duplicate], lambda: None, 30)
    assert (item["error_code"], item["error_message"]) == ("Shutterstep.ExecutionAborted", "the execution was stopped")
    assert "finished_at" in item
    assert duplicate.status == "success"


def test_an_execution_that_ran_out_of_time_gives_its_claim_back(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    assert release(running_stack, ended(owner, "TIMED_OUT", id_)) == ("SUCCEEDED", "GiveClaimBack")
    item = item_of(running_stack, id_)
    assert (item["status"], item["error_code"]) == ("failed", "Shutterstep.ExecutionTimedOut")


def test_the_reason_an_operator_gave_stands_in_the_item(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    event = ended(owner, "ABORTED", id_)
    event["detail"]["cause"] = "wrong page"
    release(running_stack, event)
    assert item_of(running_stack, id_)["error_message"] == "the execution was stopped: wrong page"


def test_an_execution_that_failed_before_it_could_say_so_gives_its_claim_back(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    event = ended(owner, "FAILED", id_)
    event["detail"] |= {"error": "States.DataLimitExceeded", "cause": "too much"}
    assert release(running_stack, event) == ("SUCCEEDED", "GiveClaimBack")
    item = item_of(running_stack, id_)
    assert (item["status"], item["error_code"]) == ("failed", "States.DataLimitExceeded")
    assert item["error_message"] == "the execution failed before it could write down why: too much"


def test_the_rule_of_ended_executions_takes_failed_ones_but_no_lost_claims(running_stack: Target) -> None:
    assert ended_matches(running_stack, {"status": "FAILED", "error": "States.Runtime"})
    assert ended_matches(running_stack, {"status": "FAILED"})
    assert ended_matches(running_stack, {"status": "ABORTED"})
    assert not ended_matches(running_stack, {"status": "FAILED", "error": "Shutterstep.ClaimLost"})
    assert not ended_matches(running_stack, {"status": "SUCCEEDED"})


def test_a_sidecar_is_not_taken_for_the_renderer(running_stack: Target) -> None:
    sidecar = {"name": "aws-guardduty-agent", "exitCode": 137}
    answered = stopped(running_stack, [{"name": "renderer", "exitCode": 0}, sidecar])
    killed = stopped(running_stack, [sidecar, {"name": "renderer", "exitCode": 137}])
    never_started = stopped(running_stack, [sidecar, {"name": "renderer"}], "TaskFailedToStart")
    assert [matches(running_stack, event) for event in (answered, killed, never_started)] == [False, True, True]


def ended_matches(target: Target, detail: dict[str, Any]) -> bool:
    """Whether the deployed rule gives the event of an ended execution to the release workflow."""
    events = target.client("events")
    rules = [rule for rule in events.list_rules()["Rules"] if "ExecutionEndedRule" in rule["Name"]]
    event = {
        "id": "1",
        "account": "000000000000",
        "region": "us-east-1",
        "time": "2026-01-01T00:00:00Z",
        "resources": [],
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"stateMachineArn": target.outputs["StateMachineArn"], **detail},
    }
    return any(
        events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))["Result"]
        for rule in rules
    )


def stopped(
    target: Target, containers: list[dict[str, Any]], stop_code: str = "EssentialContainerExited"
) -> dict[str, Any]:
    ecs = target.client("ecs")
    cluster = ecs.describe_clusters(clusters=[target.outputs["ClusterName"]])["clusters"][0]["clusterArn"]
    task = {"clusterArn": cluster, "group": "RenderOnTask", "lastStatus": "STOPPED", "stopCode": stop_code}
    return stopped_event({"taskArn": "arn:aws:ecs:us-east-1:000000000000:task/x/1", **task, "containers": containers})


def test_the_event_of_an_execution_that_holds_no_claim_changes_nothing(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    late = Shot({}, execution_arn=f"{owner.execution_arn}-another")
    before = item_of(running_stack, id_)
    assert release(running_stack, ended(late, "ABORTED", id_)) == ("SUCCEEDED", "NothingHeld")
    assert item_of(running_stack, id_) == before


def test_the_event_of_a_finished_execution_keeps_the_picture(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    renderer.gate.set()
    follow(running_stack, [owner], lambda: None, 30)
    assert release(running_stack, ended(owner, "TIMED_OUT", id_)) == ("SUCCEEDED", "NothingHeld")
    assert item_of(running_stack, id_)["status"] == "success"


def test_a_stopped_task_fails_its_token_and_the_execution_tries_again(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    event = stop(running_stack, task_of(running_stack, id_), 137)
    assert release(running_stack, event) == ("SUCCEEDED", "FailToken")
    renderer.gate.set()
    follow(running_stack, [owner], lambda: None, 30)
    assert owner.status == "success"


def test_the_token_is_failed_with_exit_code_and_reason(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    event = stop(running_stack, task_of(running_stack, id_), 137)
    event["detail"]["containers"][0]["reason"] = "OutOfMemoryError"
    release(running_stack, event)
    cause = json.loads(wait_for(lambda: failure_of(running_stack, owner))["cause"])
    assert cause["message"].endswith("Essential container in task exited, exit code 137, OutOfMemoryError")
    assert (cause["exit_code"], cause["stop_code"]) == (137, "EssentialContainerExited")


def failure_of(target: Target, shot: Shot) -> dict[str, Any] | None:
    history = target.client("stepfunctions").get_execution_history(executionArn=shot.execution_arn)["events"]
    failures = [event["taskFailedEventDetails"] for event in history if "taskFailedEventDetails" in event]
    return next((failure for failure in failures if failure["error"] == "Render.TaskStopped"), None)


def test_a_task_that_had_answered_is_no_failure(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    task = task_of(running_stack, id_)
    renderer.gate.set()
    follow(running_stack, [owner], lambda: None, 30)
    assert release(running_stack, stop(running_stack, task, 1)) == ("SUCCEEDED", "AlreadyAnswered")


@pytest.mark.parametrize(("code", "wanted"), [(0, False), (1, True), (137, True)])
def test_the_rule_takes_stopped_tasks_that_may_not_have_answered(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str, code: int, wanted: bool
) -> None:
    event = stop(running_stack, task_of(running_stack, id_), code)
    assert matches(running_stack, event) is wanted


def test_the_rule_takes_a_task_that_never_started(
    running_stack: Target, renderer: FakeRenderer, owner: Shot, id_: str
) -> None:
    event = stop(running_stack, task_of(running_stack, id_), 1)
    del event["detail"]["containers"][0]["exitCode"]
    assert matches(running_stack, event)


def test_an_event_of_nobody_fails_the_release(running_stack: Target) -> None:
    assert release(running_stack, {"source": "test"}) == ("FAILED", "UnknownEvent")
