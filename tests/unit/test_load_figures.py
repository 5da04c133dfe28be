"""What a load test concludes from the evidence: above all, what is lost and what was rendered twice."""

from types import SimpleNamespace
from typing import Any

import pytest

from shutterstep_cli.load.evidence import Evidence, ExecutionEvidence, keys
from shutterstep_cli.load.figures import Figures, percentile
from shutterstep_cli.load.load_plan import Message
from shutterstep_cli.load.records import records, strangers
from shutterstep_cli.load.report_page import page
from shutterstep_cli.load.sending import Sent

ITEM = {"status": "success", "s3_key": "shots/a/a--m1-0.png", "render_ms": 400}


def sent(id_: str, message_id: str, at: float = 100.0) -> Sent:
    return Sent(Message(id_, "unique", "{}", 0), message_id, at)


def execution(name: str, status: str = "SUCCEEDED", stopped_at: float | None = 103.0) -> ExecutionEvidence:
    return ExecutionEvidence(name, f"arn:{name}", status, 101.0, stopped_at)


def figures(messages: list[Sent], *, may_be_queued: bool = False, **evidence: Any) -> Figures:
    executions = {one.name: one for one in evidence.pop("executions", [])}
    found = Evidence(executions, **evidence)
    return Figures(records(messages, found, may_be_queued=may_be_queued), found, len(strangers(messages, found)))


def test_a_rendered_message_has_its_time_split() -> None:
    item = ITEM | {"id": "a", "claim": "a--m1"}
    (record,) = figures([sent("a", "m1")], executions=[execution("a--m1")], items={"a": item}).records
    assert (record.outcome, record.total_s, record.queue_s) == ("rendered", 3.0, 1.0)
    assert (record.render_s, record.workflow_s) == (0.4, pytest.approx(1.6))


def test_duplicates_render_once_and_skip_with_their_reasons() -> None:
    found = figures(
        [sent("a", f"m{number}") for number in range(3)],
        executions=[execution(f"a--m{number}") for number in range(3)],
        items={"a": ITEM | {"id": "a", "claim": "a--m1"}},
        keys={"a--m1": ["shots/a/a--m1-0.png"]},
        ends={name: {"status": "skipped", "reason": "already_processing"} for name in ("a--m0", "a--m2")},
    )
    told = found.as_json()
    assert (told["rendered"], told["skipped"], told["rendered_twice"]) == (1, {"already_processing": 2}, 0)
    assert told["executions_per_id_max"] == 3
    assert found.passed


def test_two_executions_that_committed_one_id_are_rendered_twice_although_the_item_shows_one() -> None:
    found = figures(
        [sent("a", "m1"), sent("a", "m2")],
        executions=[execution("a--m1"), execution("a--m2")],
        items={"a": ITEM | {"id": "a", "claim": "a--m2", "s3_key": "shots/a/a--m2-0.png"}},
        keys={"a--m1": ["shots/a/a--m1-0.png"], "a--m2": ["shots/a/a--m2-0.png"]},
    )
    assert found.rendered_twice == {"a": ["a--m1", "a--m2"]}
    assert not found.passed
    assert "rendered twice" in page(found, "a test")


@pytest.mark.parametrize("delivery", ["", "-0123abcd"], ids=["task mode", "pool mode"])
def test_a_double_render_is_seen_in_the_bucket_of_either_mode(delivery: str) -> None:
    names = [f"a--{number}1111111-2222-3333-4444-555555555555" for number in (1, 2)]
    lies = [f"shots/a/{name}-0{delivery}.png" for name in names]
    found = figures(
        [sent("a", name.partition("--")[2]) for name in names],
        executions=[execution(name) for name in names],
        items={"a": ITEM | {"id": "a", "claim": names[0], "s3_key": lies[0]}},
        keys=keys(bucket_of(lies), ""),
    )
    assert found.rendered_twice == {"a": names}
    assert not found.passed


def bucket_of(lies: list[str]) -> Any:
    """A target whose bucket holds these keys."""
    page = {"Contents": [{"Key": key} for key in lies]}
    s3 = SimpleNamespace(get_paginator=lambda _name: SimpleNamespace(paginate=lambda **_given: [page]))
    return SimpleNamespace(client=lambda _service: s3, outputs={"BucketName": "bucket"})


def test_a_second_attempt_of_one_execution_is_not_a_second_render() -> None:
    found = figures(
        [sent("a", "m1")],
        executions=[execution("a--m1")],
        items={"a": ITEM | {"id": "a", "claim": "a--m1", "s3_key": "shots/a/a--m1-1.png"}},
        keys={"a--m1": ["shots/a/a--m1-0.png", "shots/a/a--m1-1.png"]},
    )
    assert found.rendered_twice == {}
    assert found.as_json()["renders_uncommitted"] == 1


def test_a_picture_whose_execution_did_not_succeed_is_no_commit() -> None:
    found = figures(
        [sent("a", "m1"), sent("a", "m2")],
        executions=[execution("a--m1", "FAILED"), execution("a--m2")],
        items={"a": ITEM | {"id": "a", "claim": "a--m2"}},
        keys={"a--m1": ["shots/a/a--m1-0.png"], "a--m2": ["shots/a/a--m2-0.png"]},
        ends={"a--m1": {"status": "failed", "error_code": "Shutterstep.ClaimLost"}},
    )
    assert found.rendered_twice == {}
    assert found.as_json()["failed"] == {"Shutterstep.ClaimLost": 1}


def test_a_message_that_left_no_trace_is_lost() -> None:
    found = figures([sent("a", "m1")])
    assert found.as_json()["lost"] == 1
    assert not found.passed


def test_a_message_that_may_wait_in_the_queue_is_unfinished_and_the_test_not_passed() -> None:
    found = figures([sent("a", "m1")], may_be_queued=True)
    assert (found.as_json()["lost"], found.as_json()["unfinished"]) == (0, 1)
    assert not found.passed


def test_a_dead_letter_is_not_lost() -> None:
    found = figures([sent("a", "m1")], dead_letters={"m1": "Render.InvalidRequest"})
    assert found.as_json()["dead_letters"] == {"Render.InvalidRequest": 1}
    assert found.passed


def test_an_execution_that_no_message_explains_is_counted() -> None:
    found = figures([sent("a", "m1")], executions=[execution("a--m1"), execution("a--m9")])
    assert found.as_json()["executions_extra"] == 1


def test_an_unsent_message_is_no_success() -> None:
    found = figures([Sent(Message("a", "unique", "{}", 0), "", 100.0, "AccessDenied")])
    assert (found.as_json()["sent"], found.as_json()["unsent"], found.passed) == (0, 1, False)


@pytest.mark.parametrize(("share", "expected"), [(50, 5), (95, 10), (99, 10), (10, 1)])
def test_percentiles_are_values_that_occurred(share: float, expected: float) -> None:
    assert percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], share) == expected


def test_the_report_needs_no_other_file_and_escapes_what_it_shows() -> None:
    found = figures([sent("a", "m1"), sent("<b>", "m2")], executions=[execution("a--m1", "FAILED")])
    text = page(found, "on <this> machine")
    assert "on &lt;this&gt; machine" in text
    assert "&lt;b&gt;" in text
    assert 'src="http' not in text
    assert text.count("<svg") == 4
