"""`verify --states` against Step Functions' own model: botocore's Stubber checks what is asked and what is answered."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shutterstep_cli.verification.checklist import Tick
from shutterstep_cli.verification.state_cases import MACHINES, StateCase, recorded_cases
from shutterstep_cli.verification.state_checks import request_of, state_ticks, tried, validated
from tests.unit.cloudformation import state_machines

CASES = recorded_cases()
STATES = sorted({(case.machine, case.state) for case in CASES})
Answer = dict[str, Any]


def test_the_types_of_the_workflows_are_the_templates() -> None:
    found = {Path(one["DefinitionUri"]).name.partition(".")[0]: one["Type"] for one in state_machines().values()}
    assert found == MACHINES


def client() -> Any:
    return boto3.client("stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def as_recorded(case: StateCase) -> Answer:
    """What TestState answers when AWS makes of a case what the local stack made."""
    expected = case.expected
    answer: Answer = {"status": expected["status"], "inspectionData": {"input": json.dumps(case.input)}}
    if "next" in expected:
        answer["nextState"] = expected["next"]
    if "output" in expected:
        answer["output"] = json.dumps(expected["output"])
    if "arguments" in expected:
        answer["inspectionData"]["afterArguments"] = json.dumps(expected["arguments"])
    failed = {"error": expected.get("error", ""), "cause": expected.get("cause", "")}
    caught = {"error": case.error["Error"], "cause": case.error["Cause"]} if case.error else {}
    return answer | (failed if expected["status"] == "FAILED" else caught)


def try_state(case: StateCase, change: Callable[[Answer], Any] = lambda _answer: None) -> Tick:
    sfn, answer = client(), as_recorded(case)
    change(answer)
    with Stubber(sfn) as stub:
        stub.add_response("test_state", answer, request_of(case))
        return tried(sfn, case.state, [case])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.mode}-{case.name()}")
def test_a_case_that_aws_answers_as_recorded_is_met(case: StateCase) -> None:
    assert try_state(case).status == "met"


def a_case(state: str, **wanted: Any) -> StateCase:
    return next(
        case for case in CASES if case.state == state and all(case.expected.get(k) == v for k, v in wanted.items())
    )


@pytest.mark.parametrize(
    ("state", "wanted", "change", "difference"),
    [
        ("Claim", {"status": "SUCCEEDED"}, lambda answer: answer.update(nextState="Failed"), "next"),
        ("Claim", {"status": "SUCCEEDED"}, lambda answer: answer.update(output="{}"), "output"),
        ("Claim", {"status": "CAUGHT_ERROR"}, lambda answer: answer.update(status="RETRIABLE"), "status"),
        ("MarkFailed", {}, lambda answer: answer["inspectionData"].update(afterArguments="{}"), "arguments"),
        ("MarkFailed", {}, lambda answer: answer["inspectionData"].pop("afterArguments"), "arguments"),
        ("Failed", {}, lambda answer: answer.update(error="States.Runtime"), "error"),
    ],
)
def test_an_answer_that_differs_is_a_missing_tick_that_says_where(
    state: str, wanted: dict[str, Any], change: Callable[[Answer], Any], difference: str
) -> None:
    found = try_state(a_case(state, **wanted), change)
    assert found.status == "missing"
    assert f": {difference}: " in found.found


def test_a_state_that_aws_refuses_to_try_is_a_missing_tick() -> None:
    sfn, case = client(), a_case("Claim")
    with Stubber(sfn) as stub:
        stub.add_client_error("test_state", "ValidationException", "the mock does not fit")
        assert "the mock does not fit" in tried(sfn, "Claim", [case]).found


def test_an_error_is_mocked_after_its_last_retry() -> None:
    case = next(case for case in CASES if case.error and case.error["Error"] == "Render.TaskStopped")
    request = request_of(case)
    assert request["mock"] == {"errorOutput": {"error": "Render.TaskStopped", "cause": case.error["Cause"]}}  # type: ignore[index]
    assert request["stateConfiguration"]["retrierRetryCount"] > 0


def test_only_a_task_that_waits_is_given_a_token() -> None:
    with_token = {state for _, state in STATES if "Task" in json.loads(request_of(a_case(state))["context"])}
    tokens = {case.state for case in CASES if "token-of-the-task" in json.dumps(case.expected.get("arguments"))}
    assert with_token == tokens != set()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"result": "OK", "diagnostics": []}, "met"),
        ({"result": "OK", "diagnostics": [{"severity": "WARNING", "code": "W", "message": "m"}]}, "met"),
        ({"result": "FAIL", "diagnostics": [{"severity": "ERROR", "code": "E", "message": "m"}]}, "missing"),
        ({"result": "FAIL", "diagnostics": []}, "missing"),
    ],
)
def test_a_workflow_with_an_error_is_a_missing_tick_and_a_warning_is_evidence(answer: Answer, status: str) -> None:
    sfn = client()
    with Stubber(sfn) as stub:
        stub.add_response("validate_state_machine_definition", answer)
        found = validated(sfn, "screenshot", "task")
    assert found.status == status
    assert len(found.evidence) == (1 if "WARNING" in str(answer) else 0)


def test_every_state_of_both_workflows_has_a_tick() -> None:
    sfn = client()
    with Stubber(sfn) as stub:
        for _ in range(2 * len(MACHINES)):
            stub.add_response("validate_state_machine_definition", {"result": "OK", "diagnostics": []})
        by_name = sorted(CASES, key=lambda case: f"{case.machine}.{case.state}")
        for case in by_name:
            stub.add_response("test_state", as_recorded(case), request_of(case))
        found = list(state_ticks(sfn))
    assert {tick.name for tick in found} >= {f"{machine}.{state}" for machine, state in STATES}
    assert {tick.status for tick in found} == {"met"}
