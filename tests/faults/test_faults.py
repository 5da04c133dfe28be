"""A short run of the faults on the real stack, and proof that the schedule repeats and the invariants can fail."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.invariants import Evidence, after_replay, before_replay
from tests.faults.run import Outcome, run
from tests.faults.schedule import FATES, FAULTS, Message, Schedule, draw

MESSAGES = 60
CLAIM = "a--1"
SCHEDULE = Schedule(0, (Message("good", "a"), Message("good", "a"), Message("invalid", body="no json")), {}, ())


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(draw(MESSAGES, seed=1), tmp_path_factory.mktemp("faults"), print)


def test_every_kind_of_fault_struck(outcome: Outcome) -> None:
    assert {fault for fault in FAULTS if not outcome.struck.get(fault)} == set()


def test_every_invariant_holds_on_the_running_stack(outcome: Outcome) -> None:
    verdicts = [*outcome.before, *outcome.after]
    assert [(verdict.invariant, verdict.broken) for verdict in verdicts if verdict.broken] == []


def test_every_invariant_was_checked_on_something(outcome: Outcome) -> None:
    assert min(verdict.checked for verdict in [*outcome.before, *outcome.after]) > 0


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert draw(300, seed=7) == draw(300, seed=7)
    assert draw(300, seed=7).digest() == draw(300, seed=7).digest() != draw(300, seed=8).digest()


def test_a_schedule_has_every_fate_and_duplicates() -> None:
    schedule = draw(300, seed=1)
    assert set(schedule.fates.values()) == set(FATES)
    assert schedule.launcher_kills
    assert len(schedule.messages) == 300
    assert max(sum(message.id == id_ for message in schedule.messages) for id_ in schedule.ids("good")) > 5


def evidence() -> Evidence:
    """Two messages of one id and an invalid one: one rendered, one skipped, one put aside."""
    output = {"status": "success", "s3_key": "key"}
    return Evidence(
        sent=3,
        executions={
            CLAIM: {"id": "a", "status": "SUCCEEDED", "output": output, "replayed": False},
            "a--2": {"id": "a", "status": "SUCCEEDED", "output": {"status": "skipped"}, "replayed": False},
        },
        items={"a": {"status": "success", "claim": CLAIM, "s3_key": "key", "sha256": "digest"}},
        objects={"key": "digest"},
        dead_letters={"3"},
    )


def broken(evidence: Evidence) -> set[str]:
    verdicts = [*before_replay(SCHEDULE, evidence), *after_replay(SCHEDULE, evidence)]
    return {verdict.invariant for verdict in verdicts if verdict.broken}


def test_nothing_is_broken_where_all_went_well() -> None:
    assert broken(evidence()) == set()


@pytest.mark.parametrize(
    ("harm", "invariant"),
    [
        (lambda seen: seen.items["a"].update(status="processing"), "every accepted id ends as success or failed"),
        (lambda seen: seen.items.clear(), "every good id is success"),
        (lambda seen: seen.items["a"].update(status="failed"), "every good id is success"),
        (lambda seen: seen.dead_letters.clear(), "messages sent = executions + dead letters"),
        (lambda seen: seen.executions.pop("a--2"), "messages sent = executions + dead letters"),
        (
            lambda seen: seen.executions["a--2"].update(output={"status": "success", "s3_key": "other"}),
            "a render was committed exactly once",
        ),
        (lambda seen: seen.items["a"].update(claim="a--2"), "an item holds its owner's own result"),
        (lambda seen: seen.items["a"].update(s3_key="other"), "an item holds its owner's own result"),
        (lambda seen: seen.objects.clear(), "an item's object is there, with its SHA-256"),
        (lambda seen: seen.objects.update(key="another"), "an item's object is there, with its SHA-256"),
        (lambda seen: seen.executions["a--2"].update(status="RUNNING"), "no execution is left running"),
    ],
)
def test_each_harm_breaks_its_invariant(harm: Callable[[Evidence], Any], invariant: str) -> None:
    seen = evidence()
    harm(seen)
    assert invariant in broken(seen)
