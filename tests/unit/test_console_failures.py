"""What the console shows of failures and replays, and what a busy table leaves out."""

from typing import Any

import pytest

from shutterstep_cli.console.executions_cache import ExecutionsCache
from shutterstep_cli.console.failures import Batch, Failures, NotAllowedError, counts, is_wanted
from shutterstep_cli.stack.items import read_items
from tests.unit.test_console import EXECUTION, FakeAws, target


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def test_a_console_that_only_reads_starts_nothing_whoever_asks(aws: FakeAws) -> None:
    failures = Failures(target(aws), may_replay=False)
    with pytest.raises(NotAllowedError, match="--allow-replay"):
        failures.replay_one(f"{EXECUTION}:a")
    assert aws.calls == {}


def test_a_fault_nobody_expected_ends_the_replay_of_one_and_not_of_the_batch(aws: FakeAws) -> None:
    """A batch that never ends would keep the button disabled until the console is started again."""
    described = iter([RuntimeError("the connection was lost"), aws.describe_execution("a")])

    def describe(executionArn: str) -> dict[str, Any]:
        if isinstance(answer := next(described), Exception):
            raise answer
        return answer

    aws.describe_execution = describe  # type: ignore[method-assign]
    batch = Batch(2)
    Failures(target(aws), may_replay=True).replay([f"{EXECUTION}:a", f"{EXECUTION}:b"], batch)
    assert (batch.done, batch.outcomes) == (2, {"error": 1, "not_failed": 1})
    assert batch.notes[0] == "a: the connection was lost"


def test_keys_that_a_busy_table_left_out_are_asked_for_again(aws: FakeAws) -> None:
    asked: list[Any] = []

    def batch_get_item(RequestItems: dict[str, Any]) -> dict[str, Any]:
        """One key a call, as of a table that is throttled."""
        asked.append(RequestItems["table"])
        first, *left = RequestItems["table"]["Keys"]
        more = {"UnprocessedKeys": {"table": {**RequestItems["table"], "Keys": left}}} if left else {}
        item = {**first, "claim": {"S": "1"}, "attempts": {"N": "4"}}
        return {"Responses": {"table": [item]}, **more}

    aws.batch_get_item = batch_get_item  # type: ignore[method-assign]
    assert set(ExecutionsCache(target(aws))._owners({"a", "b", "c"})) == {"a", "b", "c"}
    assert set(read_items(target(aws), ["a", "b"])) == {"a", "b"}
    assert len(asked) == 5


def test_what_has_not_failed_is_not_replayed_and_says_so(aws: FakeAws) -> None:
    batch = Batch(1)
    Failures(target(aws), may_replay=True).replay([f"{EXECUTION}:a"], batch)
    assert (batch.done, batch.outcomes) == (1, {"not_failed": 1})
    assert batch.notes == ["a: it is RUNNING"]


ITEM = {"id": "home", "url": "http://example.com/", "error_code": "Render.Timeout", "error_message": "too Slow"}


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("", "", True),
        ("Render.Timeout", "slow", True),
        ("Render.TlsError", "", False),
        ("", "EXAMPLE.com", True),
        ("", "no", False),
    ],
)
def test_failures_are_filtered_by_code_and_text(code: str, text: str, wanted: bool) -> None:
    assert is_wanted(ITEM, code, text) == wanted


def test_failures_are_counted_by_code_the_most_first() -> None:
    items = [{"error_code": "a"}, {"error_code": "b"}, {"error_code": "b"}]
    assert counts(items) == [("b", 2), ("a", 1)]
