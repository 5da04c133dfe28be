"""A short run of the faults on the real stack, and proof that the schedule repeats and the invariants can fail."""

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.invariants import Evidence, after_replay, before_replay
from tests.faults.run import LEFT, Outcome, run
from tests.faults.schedule import FATES_OF, FAULTS_OF, Message, Schedule, draw
from tests.faults.stack import left_in

pytestmark = pytest.mark.long

MESSAGES = 60
CLAIM = "a--1"
SCHEDULE = Schedule(0, (Message("good", "a"), Message("good", "a"), Message("invalid", body="no json")), {}, ())


@pytest.fixture(scope="module", params=["task", "pool"])
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(draw(MESSAGES, seed=1, mode=request.param), tmp_path_factory.mktemp("faults"), print)


def test_every_kind_of_fault_struck(outcome: Outcome) -> None:
    assert {fault for fault in FAULTS_OF[outcome.mode] if not outcome.struck.get(fault)} == set()


def test_every_invariant_holds_on_the_running_stack(outcome: Outcome) -> None:
    verdicts = [*outcome.before, *outcome.after]
    assert [(verdict.invariant, verdict.broken) for verdict in verdicts if verdict.broken] == []


def test_every_invariant_was_checked_on_something(outcome: Outcome) -> None:
    assert min(verdict.checked for verdict in [*outcome.before, *outcome.after]) > 0


def test_each_invariant_fails_when_what_the_stack_showed_is_harmed(outcome: Outcome) -> None:
    """In either mode, on the evidence of the run itself: its keys, its executions, its items."""
    assert outcome.evidence is not None
    schedule = draw(MESSAGES, seed=1, mode=outcome.mode)
    failing = set()
    for harm in HARMS_OF_A_RUN:
        before, after = copy.deepcopy(outcome.evidence)
        for seen in (before, after):
            harm(seen, sorted(schedule.untroubled())[0])
        verdicts = [*before_replay(schedule, before), *after_replay(schedule, after)]
        failing |= {verdict.invariant for verdict in verdicts if verdict.broken}
    evidence_only = {verdict.invariant for verdict in [*outcome.before, *outcome.after]} - {LEFT}
    assert failing == evidence_only


def owner_of(seen: Evidence, id_: str) -> dict[str, Any]:
    return seen.executions[seen.items[id_]["claim"]]


def fail_what_failed_without_a_code(seen: Evidence, _id: str) -> None:
    for item in seen.items.values():
        item.pop("error_code", None)


def commit_twice(seen: Evidence, id_: str) -> None:
    seen.executions["another"] = {**owner_of(seen, id_), "replayed": True}


HARMS_OF_A_RUN: tuple[Callable[[Evidence, str], Any], ...] = (
    lambda seen, id_: seen.items[id_].update(status="processing"),
    lambda seen, id_: seen.items[id_].update(status="failed", error_code="Render.ReceivedTooOften"),
    lambda seen, _: seen.dead_letters.clear(),
    commit_twice,
    fail_what_failed_without_a_code,
    lambda seen, id_: seen.items[id_].update(s3_key="shots/other"),
    lambda seen, id_: owner_of(seen, id_).update(status="RUNNING"),
    lambda seen, _: setattr(seen, "jobs", 1),
)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert draw(300, seed=7) == draw(300, seed=7)
    assert draw(300, seed=7).digest() == draw(300, seed=7).digest() != draw(300, seed=8).digest()


@pytest.mark.parametrize("mode", FATES_OF)
def test_a_schedule_has_every_fate_and_duplicates(mode: str) -> None:
    schedule = draw(300, seed=1, mode=mode)
    assert set(schedule.fates.values()) == set(FATES_OF[mode])
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


def test_a_process_that_is_left_is_seen(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "chromium-left").mkdir()
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(tmp_path)])
    try:
        assert [name for name in left_in(tmp_path) if name == "chromium-left" or "time.sleep" in name][:1]
        assert len(left_in(tmp_path)) >= 2
    finally:
        left.kill()
        left.wait()


@pytest.mark.parametrize(
    ("harm", "invariant"),
    [
        (lambda seen: seen.items["a"].update(status="processing"), "every accepted id ends as success or failed"),
        (lambda seen: seen.items.clear(), "every good id is success"),
        (lambda seen: seen.items["a"].update(status="failed"), "every good id is success"),
        (
            lambda seen: seen.items["a"].update(status="failed"),
            "a page fails only for itself, never for what dies around it",
        ),
        (lambda seen: setattr(seen, "jobs", 1), "no job is left in RenderQueue"),
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
