"""The workflows: their structure, and every call they make against botocore's own model of the service."""

import re
from collections.abc import Iterator
from typing import Any

import jsonata
import pytest
from statelint.config import Config
from statelint.linter import Linter
from statelint.problem import ProblemType

import shutterstep.errors
from shutterstep_cli.workflow.asl import RENDER_STATES
from tests.unit.cloudformation import deployed_workflow, state_machines
from tests.unit.service_models import errors_of, misfits, operation

State = dict[str, Any]

MACHINES = {name: deployed_workflow(name) for name in state_machines()}
STATES = {
    f"{machine}.{name}": state
    for machine, definition in MACHINES.items()
    for name, state in definition["States"].items()
}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
SCREENSHOT: dict[str, State] = MACHINES["ScreenshotStateMachine"]["States"]
SCREENSHOT_START = MACHINES["ScreenshotStateMachine"]["StartAt"]
SKIPS = [name for name in SCREENSHOT if name.startswith("Skip")]
# Step Functions calls Java's SDK: of the optimised integrations its version 1, whose names end in Exception.
DYNAMODB_FAULTS = {"InternalServerErrorException", "RequestLimitExceededException", "AmazonDynamoDBException"}
DYNAMODB = "arn:aws:states:::dynamodb:"
STATES_ERRORS = {"States.ALL", "States.Timeout", "States.HeartbeatTimeout", "States.TaskFailed", "States.Permissions"}


@pytest.mark.parametrize("name", MACHINES)
def test_statelint_finds_nothing(name: str):
    # It takes a whole number for a float where AWS takes both.
    assert Linter.validate(MACHINES[name], Config(ignored_problem_types={ProblemType.FLOAT})) == []


@pytest.mark.parametrize("name", MACHINES)
def test_an_execution_cannot_last_for_ever(name: str):
    assert MACHINES[name]["TimeoutSeconds"] > 0


@pytest.mark.parametrize("name", STATES)
def test_a_state_says_what_it_is_for(name: str):
    assert STATES[name].get("Comment", "").endswith(".")


@pytest.mark.parametrize("mode", RENDER_STATES)
@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_and_every_target_exists(name: str, mode: str):
    """Step Functions refuses a definition with a state that nothing leads to."""
    definition = deployed_workflow(name, mode)
    targets = {target for state in definition["States"].values() for target in all_targets(state)}
    assert targets | {definition["StartAt"]} == set(definition["States"])
    assert reachable(definition) == set(definition["States"])


@pytest.mark.parametrize("name", TASKS)
def test_a_task_has_a_time_limit_within_the_executions(name: str):
    limit = MACHINES[name.partition(".")[0]]["TimeoutSeconds"]
    assert 0 < TASKS[name]["TimeoutSeconds"] < limit


@pytest.mark.parametrize("name", TASKS)
def test_a_task_retries_with_backoff_and_full_jitter(name: str):
    retriers = TASKS[name]["Retry"]
    assert [item["JitterStrategy"] for item in retriers] == ["FULL"] * len(retriers)
    assert all(item["BackoffRate"] > 1 and item["MaxAttempts"] > 0 for item in retriers)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_catches_every_error(name: str):
    assert TASKS[name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


@pytest.mark.parametrize("name", TASKS)
def test_a_failed_condition_is_an_answer_and_never_retried(name: str):
    retried = [error for item in TASKS[name]["Retry"] for error in item["ErrorEquals"]]
    assert not [error for error in retried if error in {"States.ALL", "States.TaskFailed"} or "Conditional" in error]


@pytest.mark.parametrize("name", TASKS)
def test_the_arguments_of_a_task_fit_the_services_model(name: str):
    shape = operation(TASKS[name]["Resource"]).input_shape
    assert shape is not None
    assert list(misfits(TASKS[name]["Arguments"], shape, [])) == []


@pytest.mark.parametrize("name", TASKS)
def test_a_task_names_only_errors_that_its_integration_raises(name: str):
    known = errors_of(TASKS[name]["Resource"]) | render_codes()
    assert sorted(all_errors(TASKS[name]) - known - STATES_ERRORS) == []


@pytest.mark.parametrize("name", STATES)
def test_every_expression_of_a_state_is_closed_and_parses(name: str):
    for text in strings(STATES[name]):
        if "{%" in text or "%}" in text:
            assert text.startswith("{%")
            assert text.endswith("%}")
            jsonata.Jsonata(text[2:-2])


@pytest.mark.parametrize("name", [name for name in TASKS if "HeartbeatSeconds" in TASKS[name]])
def test_a_heartbeat_is_due_before_the_time_limit(name: str):
    assert TASKS[name]["HeartbeatSeconds"] < TASKS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("name", [name for name in TASKS if TASKS[name]["Resource"].endswith(".waitForTaskToken")])
def test_a_task_that_waits_hands_its_token_over(name: str):
    assert "$states.context.Task.Token" in str(TASKS[name]["Arguments"])


def test_every_placeholder_of_an_expression_has_a_value_and_every_value_a_use():
    for name, state in TASKS.items():
        arguments = state["Arguments"]
        text = " ".join(arguments.get(key, "") for key in arguments if key.endswith("Expression"))
        given = {*arguments.get("ExpressionAttributeNames", {}), *arguments.get("ExpressionAttributeValues", {})}
        assert set(re.findall(r"[:#]\w+", text)) == given, name


@pytest.mark.parametrize(("mode", "render"), RENDER_STATES.items())
def test_a_picture_takes_three_states(mode: str, render: str):
    states = deployed_workflow("ScreenshotStateMachine", mode)["States"]
    path = [SCREENSHOT_START]
    while "Next" in states[path[-1]]:
        path.append(states[path[-1]]["Next"])
    assert path == ["Claim", render, "MarkSuccess"]


def test_the_template_chooses_the_render_state_of_its_mode():
    given = state_machines()["ScreenshotStateMachine"]["DefinitionSubstitutions"]["RenderState"]
    assert given == {"Fn::If": ["Pool", RENDER_STATES["pool"], RENDER_STATES["task"]]}


@pytest.mark.parametrize("mode", RENDER_STATES)
def test_an_execution_whose_claim_was_written_and_not_answered_renders(mode: str):
    states = deployed_workflow("ScreenshotStateMachine", mode)["States"]
    owner = {"claim": {"S": "me"}, "status": {"S": "processing"}, "request_hash": {"S": "same"}}
    known = {"input": {"request_hash": "same", "owner": owner}, "context": {"Execution": {"Name": "me"}}}
    assert chosen(states["WhySkip"], known) == RENDER_STATES[mode]


@pytest.mark.parametrize("name", [name for name in TASKS if TASKS[name]["Resource"].startswith(DYNAMODB)])
def test_a_fault_of_the_table_is_tried_again_by_each_of_its_names(name: str):
    retried = {error for item in TASKS[name]["Retry"] for error in item["ErrorEquals"]}
    assert {f"DynamoDB.{fault}" for fault in DYNAMODB_FAULTS} <= retried


def test_a_burst_waits_for_its_launches_within_the_executions_time():
    """About half of each longest delay passes; a launch that is refused to the end still leaves time to say so."""
    retrier = SCREENSHOT["RenderOnTask"]["Retry"][0]
    delays = [
        min(retrier["MaxDelaySeconds"], retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt)
        for attempt in range(retrier["MaxAttempts"])
    ]
    assert "ECS.ThrottlingException" in retrier["ErrorEquals"]
    assert 1200 < sum(delays) / 2 < MACHINES["ScreenshotStateMachine"]["TimeoutSeconds"]


@pytest.mark.parametrize("skip", SKIPS)
def test_a_duplicate_ends_after_at_most_four_states(skip: str):
    assert shortest_path(skip) <= 4


def test_a_duplicate_has_four_named_ends():
    assert sorted(rule["Output"]["reason"] for rule in SCREENSHOT["WhySkip"]["Choices"] if rule["Next"] in SKIPS) == [
        "already_processed",
        "already_processing",
        "conflicting_request",
        "race_condition_prevented",
    ]


def next_targets(state: State) -> list[str]:
    """Where a state leads when nothing fails."""
    named = [state[key] for key in ("Next", "Default") if key in state]
    return [*named, *(choice["Next"] for choice in state.get("Choices", []))]


def all_targets(state: State) -> list[str]:
    return [*next_targets(state), *(catcher["Next"] for catcher in state.get("Catch", []))]


def reachable(definition: State) -> set[str]:
    seen, waiting = set(), [definition["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(all_targets(definition["States"][name]))
    return seen


def chosen(choice: State, states: dict[str, Any]) -> str:
    """Where a Choice leads."""
    for rule in choice["Choices"]:
        expression = jsonata.Jsonata(rule["Condition"][2:-2])
        frame = expression.create_frame()
        frame.bind("states", states)
        if expression.evaluate({}, frame):
            return rule["Next"]
    return choice["Default"]


def shortest_path(end: str) -> int:
    """How many states an execution enters at least to end there."""
    entered = {SCREENSHOT_START}
    for length in range(1, len(SCREENSHOT) + 1):
        if end in entered:
            return length
        entered = entered | {target for name in entered for target in all_targets(SCREENSHOT[name])}
    raise AssertionError(f"{end} cannot be reached")


def strings(value: Any) -> Iterator[str]:
    """Every text anywhere in a state."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def render_codes() -> set[str]:
    return {
        item.code
        for item in vars(shutterstep.errors).values()
        if isinstance(item, type) and issubclass(item, shutterstep.errors.RenderError)
    }


def all_errors(state: State) -> set[str]:
    return {error for item in [*state["Retry"], *state["Catch"]] for error in item["ErrorEquals"]}
