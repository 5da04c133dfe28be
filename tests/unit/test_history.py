"""What happened in an execution, read from events as AWS writes them, and its picture."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from shutterstep_cli.workflow.asl import read_definition
from shutterstep_cli.workflow.graph import Graph, graph_of
from shutterstep_cli.workflow.history import History, history_of
from shutterstep_cli.workflow.layout import Layout, Place, lay_out
from shutterstep_cli.workflow.svg import duration, svg, what
from tests.unit.cloudformation import ROOT

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
DEFINITION = {
    "StartAt": "Claim",
    "States": {
        "Claim": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Catch": [
                {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "SkipIt"},
                {"ErrorEquals": ["States.ALL"], "Next": "Failed"},
            ],
            "Next": "Render",
        },
        "Render": {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "Next": "Done"},
        "Done": {"Type": "Succeed"},
        "SkipIt": {"Type": "Succeed"},
        "Failed": {"Type": "Fail"},
    },
}


@pytest.fixture
def graph() -> Graph:
    return graph_of(DEFINITION)


def event(type_: str, seconds: float, **details: Any) -> dict[str, Any]:
    key = f"{type_[0].lower()}{type_[1:]}EventDetails"
    for word in ("Entered", "Exited"):
        key = f"state{word}EventDetails" if type_.endswith(f"State{word}") else key
    return {"type": type_, "timestamp": START + timedelta(seconds=seconds), key: details}


def passed(name: str, at: float) -> list[dict[str, Any]]:
    return [
        event("TaskStateEntered", at, name=name, input='{"in": 1}'),
        event("TaskScheduled", at),
        event("TaskStarted", at),
        event("TaskSubmitted", at + 0.5, output='{"Overrides": "with a token"}'),
        event("TaskSucceeded", at + 1, output="{}"),
        event("TaskStateExited", at + 1, name=name, output='{"out": 2}'),
    ]


def test_a_task_that_succeeded_has_its_input_output_and_time(graph: Graph) -> None:
    history = history_of([event("ExecutionStarted", 0), *passed("Claim", 0), *passed("Render", 1)], graph)
    assert [(visit.input, visit.output, visit.seconds) for visit in history.visits] == [
        ('{"in": 1}', '{"out": 2}', 1)
    ] * 2
    assert history.outcome_of("Claim") == "passed"
    assert history.outcome_of("Done") == "not reached"


def test_a_task_tried_again_is_retried_and_keeps_the_error_of_each_attempt(graph: Graph) -> None:
    events = [
        event("TaskStateEntered", 0, name="Render"),
        event("TaskScheduled", 0),
        event("TaskFailed", 1, error="Render.PageCrashed", cause='{"message": "gone"}'),
        event("TaskScheduled", 3),
        event("TaskTimedOut", 4, error="States.HeartbeatTimeout"),
        event("TaskScheduled", 6),
        event("TaskSucceeded", 7, output="{}"),
        event("TaskStateExited", 7, name="Render", output="{}"),
        event("SucceedStateEntered", 7, name="Done"),
        event("ExecutionSucceeded", 7),
    ]
    history = history_of(events, graph)
    (visit,) = history.visits_of("Render")
    assert (visit.outcome, history.retries_of("Render")) == ("retried", 2)
    assert [attempt.error for attempt in visit.attempts] == ["Render.PageCrashed", "States.HeartbeatTimeout", ""]
    assert what("Render", history) == "retried 2\N{MULTIPLICATION SIGN} · 7.0 s"


@pytest.mark.parametrize(
    ("error", "next_", "outcome", "end"),
    [
        ("DynamoDB.ConditionalCheckFailedException", "SkipIt", "caught", "skipped"),
        ("DynamoDB.AmazonDynamoDBException", "Failed", "failed", "failed"),
    ],
)
def test_an_error_that_the_workflow_names_is_caught_and_any_other_is_a_failure(
    graph: Graph, error: str, next_: str, outcome: str, end: str
) -> None:
    kind = DEFINITION["States"][next_]["Type"]  # pyright: ignore
    events = [
        event("TaskStateEntered", 0, name="Claim"),
        event("TaskScheduled", 0),
        event("TaskFailed", 1, error=error),
        event("TaskStateExited", 1, name="Claim"),
        event(f"{kind}StateEntered", 1, name=next_),
        event("ExecutionFailed" if kind == "Fail" else "ExecutionSucceeded", 1),
    ]
    history = history_of(events, graph)
    assert [visit.outcome for visit in history.visits] == [outcome, end]
    assert history.steps() == {("Claim", next_)}


@pytest.mark.parametrize(
    ("end", "outcome"), [(None, "running"), ("ExecutionAborted", "stopped"), ("ExecutionTimedOut", "stopped")]
)
def test_the_state_it_is_in_runs_or_was_stopped(graph: Graph, end: str | None, outcome: str) -> None:
    events = [event("TaskStateEntered", 0, name="Render"), event("TaskScheduled", 0)]
    history = history_of([*events, *([event(end, 5, error="", cause="by hand")] if end else [])], graph)
    assert history.outcome_of("Render") == outcome


def test_a_redriven_execution_runs_again(graph: Graph) -> None:
    events = [event("TaskStateEntered", 0, name="Render"), event("ExecutionAborted", 1), event("ExecutionRedriven", 2)]
    assert history_of(events, graph).end == ""


def test_an_expression_that_fails_before_the_task_is_an_attempt_too(graph: Graph) -> None:
    events = [
        event("TaskStateEntered", 0, name="Claim"),
        event("EvaluationFailed", 0, error="States.QueryEvaluationError", cause="no such field", state="Claim"),
        event("TaskStateExited", 0, name="Claim"),
        event("FailStateEntered", 0, name="Failed"),
        event("ExecutionFailed", 0, error="States.QueryEvaluationError"),
    ]
    (attempt,) = history_of(events, graph).visits_of("Claim")[0].attempts
    assert (attempt.error, attempt.cause) == ("States.QueryEvaluationError", "no such field")


def workflows() -> list[str]:
    return sorted(path.name for path in (ROOT / "statemachine").glob("*.asl.json"))


def laid_out(name: str) -> Layout:
    graph = graph_of(read_definition(ROOT / "statemachine" / name))
    return lay_out(graph, lambda state: (len(state) * 7, 40), lambda label: (len(label) * 5, 15))


def overlap(one: Place, other: Place) -> bool:
    across = abs(one.x - other.x) < (one.width + other.width) / 2 - 0.01
    return across and abs(one.y - other.y) < (one.height + other.height) / 2 - 0.01


@pytest.mark.parametrize("name", workflows())
def test_no_state_and_no_label_lies_on_another(name: str) -> None:
    layout = laid_out(name)
    bends = [place for route in layout.routes.values() for place in route[1:-1]]
    assert [(a.name, b.name) for a, b in combinations([*layout.states.values(), *bends], 2) if overlap(a, b)] == []


@pytest.mark.parametrize("name", workflows())
def test_every_edge_leads_from_its_source_to_its_target(name: str) -> None:
    for edge, route in laid_out(name).routes.items():
        assert (route[0].name, route[-1].name) == (edge.source, edge.target)
        assert edge.label in ("", *(place.name for place in route[1:-1]))


@pytest.mark.parametrize("name", workflows())
def test_the_picture_says_every_state_in_words_and_by_its_class(name: str) -> None:
    graph = graph_of(read_definition(ROOT / "statemachine" / name))
    first = graph.node(graph.start)
    assert first is not None
    history = history_of([event(f"{first.type}StateEntered", 0, name=first.name)], graph)
    states = [group for group in Xml.fromstring(svg(graph, history)).iter(f"{SVG}g") if "data-state" in group.attrib]
    assert {group.get("data-state"): group.get("class") for group in states} == {
        node.name: "state running visited" if node.name == graph.start else "state not-reached" for node in graph.nodes
    }


def test_what_a_page_or_an_error_says_stays_text_in_the_picture(graph: Graph) -> None:
    hostile = "</title><script>alert(1)</script>"
    events = [
        event("TaskStateEntered", 0, name="Render"),
        event("TaskScheduled", 0),
        event("TaskFailed", 1, error=hostile),
        event("TaskStateExited", 1, name="Render"),
        event("FailStateEntered", 1, name="Failed"),
        event("ExecutionFailed", 1, error=hostile),
    ]
    drawn = svg(graph, history_of(events, graph))
    assert "<script" not in drawn
    assert not list(Xml.fromstring(drawn).iter(f"{SVG}script"))


def test_an_empty_history_draws_the_workflow_itself(graph: Graph) -> None:
    assert svg(graph, History()).count("not-reached") == len(graph.nodes)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0031, "3 ms"), (1.23, "1.2 s"), (245, "4 min 5 s"), (7380, "2 h 3 min"), (None, "")]
)
def test_a_duration_is_for_people(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text
