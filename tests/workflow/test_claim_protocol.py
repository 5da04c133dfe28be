"""The claim on the real table, owners claiming, dying, timing out and finishing late in any order."""

import copy
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shutterstep_cli.stack.target import Target
from tests.workflow.claim_protocol import TIMEOUT_SECONDS, ClaimProtocol, State, states_of

START_MS = 1_800_000_000_000
LEASE_MS = (TIMEOUT_SECONDS + 120) * 1000
SETTINGS = settings(
    max_examples=40,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A fault ends its search; this many examples are the most it may take.
SEARCH = settings(SETTINGS, max_examples=300, stateful_step_count=50)


class Claims(RuleBasedStateMachine):
    """One id. The true model of time: an execution is over when its TimeoutSeconds are, all clocks agree."""

    make: ClassVar[Callable[[], ClaimProtocol]]
    owners_end_in_time = True

    def __init__(self) -> None:
        super().__init__()
        self.protocol = type(self).make()
        self.now = START_MS
        self.names = 0
        self.started: dict[str, int] = {}  # executions that won a claim, and when
        self.over: set[str] = set()  # those that can do nothing more
        self.picture: dict[str, Any] | None = None
        self.broken = False

    def must(self, holds: bool, fault: str) -> None:
        """The first fault is the one that is told: after it, teardown would find another."""
        self.broken = self.broken or not holds
        assert holds, fault

    def alive(self) -> list[str]:
        return sorted(set(self.started) - self.over)

    def some(self, number: int) -> str:
        return self.alive()[number % len(self.alive())]

    @rule()
    def a_message_comes(self) -> None:
        name = f"e{self.names}"
        self.names += 1
        if self.protocol.claim(name, self.now):
            self.started[name] = self.now

    @precondition(lambda self: self.alive())
    @rule(number=st.integers(0, 9))
    def a_claim_is_sent_again(self, number: int) -> None:
        self.protocol.claim(self.some(number), self.now)

    @precondition(lambda self: self.picture is not None)
    @rule(number=st.integers(0, 9))
    def a_claim_sent_twice_lands_late(self, number: int) -> None:
        self.protocol.claim(sorted(self.started)[number % len(self.started)], self.now)

    @precondition(lambda self: self.alive())
    @rule(number=st.integers(0, 9), well=st.booleans())
    def an_owner_ends(self, number: int, well: bool) -> None:
        self.finish(self.some(number), self.protocol.mark_success if well else self.protocol.mark_failed)

    @precondition(lambda self: self.started)
    @rule(number=st.integers(0, 9), well=st.booleans())
    def a_finish_that_was_sent_lands_late(self, number: int, well: bool) -> None:
        """MarkFailed also comes after a MarkSuccess that landed and whose every answer was lost."""
        write = self.protocol.mark_success if well else self.protocol.mark_failed
        self.finish(sorted(self.started)[number % len(self.started)], write)

    def finish(self, name: str, write: Callable[[str, int], bool]) -> None:
        before = self.protocol.item()
        write(name, self.now)
        after = self.protocol.item()
        if before["claim"]["S"] != name:
            self.must(after == before, "a late owner changed what a newer one wrote")
        if after["status"]["S"] == "success":
            self.picture = after
        self.over.add(name)

    @precondition(lambda self: self.alive())
    @rule(number=st.integers(0, 9), told=st.booleans())
    def an_execution_is_stopped(self, number: int, told: bool) -> None:
        """Its event comes, or is lost."""
        name = self.some(number)
        self.over.add(name)
        if told:
            self.protocol.release(name, self.now)

    @precondition(lambda self: self.over)
    @rule(number=st.integers(0, 9))
    def an_end_is_told_late(self, number: int) -> None:
        """Once more, or long after."""
        name = sorted(self.over)[number % len(self.over)]
        before = self.protocol.item()
        self.protocol.release(name, self.now)
        if before["claim"]["S"] != name or before["status"]["S"] != "processing":
            self.must(self.protocol.item() == before, "a release changed what is not its own")

    @precondition(lambda self: self.started)
    @rule()
    def the_sweep_comes_by(self) -> None:
        """It frees the id of a dead owner whose release was lost, and touches nobody else's."""
        before = self.protocol.item()
        self.protocol.sweep(self.now)
        if self.now <= self.started.get(before["claim"]["S"], 0) + LEASE_MS or before["status"]["S"] != "processing":
            self.must(self.protocol.item() == before, "the sweep took a claim whose lease holds")

    @rule(seconds=st.sampled_from([1, TIMEOUT_SECONDS, TIMEOUT_SECONDS + 121]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000
        if self.owners_end_in_time:
            limit = self.now - TIMEOUT_SECONDS * 1000
            self.over |= {name for name, since in self.started.items() if since <= limit}

    @invariant()
    def one_owner_is_at_work(self) -> None:
        if self.owners_end_in_time:
            self.must(len(self.alive()) <= 1, "two owners at work on one id")

    @invariant()
    def a_picture_stays(self) -> None:
        if self.picture is not None:
            self.must(self.protocol.item() == self.picture, "a finished picture was changed")

    @invariant()
    def the_index_lists_what_is_not_finished(self) -> None:
        item = self.protocol.item()
        listed = "unfinished_shard" in item
        self.must(not item or listed == (item["status"]["S"] != "success"), "the index is wrong")

    def teardown(self) -> None:
        """However it went: when the lease is over, the next message gets the id, or the picture is there."""
        self.now += LEASE_MS + 1
        if not self.broken and self.picture is None:
            assert self.protocol.claim("last", self.now), "the id is lost"


class SkewedClaims(Claims):
    """Clocks that do not agree: an owner may wake up after its lease and act on."""

    owners_end_in_time = False


@pytest.fixture(scope="module")
def states(running_stack: Target) -> dict[str, State]:
    return states_of(running_stack.outputs["TableName"])


@pytest.fixture
def play(running_stack: Target, aws: Any) -> Callable[..., None]:
    """Run a state machine, each example with an id of its own."""

    def play(machine: type[Claims], states: dict[str, State], how: settings = SETTINGS) -> None:
        dynamodb, table = aws.client("dynamodb"), running_stack.outputs["TableName"]
        made = {"make": staticmethod(lambda: ClaimProtocol(dynamodb, table, states, uuid.uuid4().hex))}
        run_state_machine_as_test(type(machine.__name__, (machine,), made), settings=how)

    return play


@pytest.mark.parametrize("machine", [Claims, SkewedClaims])
def test_no_order_of_events_breaks_the_claim(play: Any, states: dict[str, State], machine: type[Claims]) -> None:
    play(machine, states)


def mutated(states: dict[str, State], changes: dict[str, tuple[str, str]]) -> dict[str, State]:
    """The states with a part of a condition replaced."""
    changed = copy.deepcopy(states)
    for name, (old, new) in changes.items():
        condition = changed[name]["Arguments"]["ConditionExpression"]
        assert old in condition
        changed[name]["Arguments"]["ConditionExpression"] = condition.replace(old, new)
    return changed


FENCE = ("claim = :claim", "attribute_exists(claim) OR claim = :claim")
LEASE = ("lease_expires_at < :now", "(lease_expires_at < :now OR attribute_exists(claim))")
NEVER = ("lease_expires_at < :now", "(lease_expires_at < :now AND attribute_not_exists(claim))")
UNFENCED = "a late owner changed what a newer one wrote|a finished picture was changed"
OWN_FAILURE = ("#status = :processing", "(#status = :processing OR attribute_exists(claim))")
OWN = ("attribute_not_exists(id)", "attribute_not_exists(id) OR claim = :claim")
SWEPT = ("lease_expires_at < :now", "attribute_exists(lease_expires_at)")


@pytest.mark.parametrize(
    ("machine", "changes", "fault"),
    [
        (Claims, {"MarkSuccess": FENCE}, UNFENCED),
        (SkewedClaims, {"MarkSuccess": FENCE}, UNFENCED),
        (Claims, {"MarkFailed": OWN_FAILURE}, "a finished picture was changed"),
        (Claims, {"Claim": LEASE}, "two owners at work on one id"),
        (Claims, {"Claim": NEVER}, "the id is lost"),
        (Claims, {"Claim": OWN}, "a finished picture was changed"),
        (Claims, {"GiveClaimBack": FENCE}, "a release changed what is not its own"),
        (Claims, {"Sweep": SWEPT}, "the sweep took a claim whose lease holds"),
    ],
    ids=[
        "no fence",
        "no fence, skewed",
        "failure over success",
        "no lease check",
        "no takeover",
        "own claim always",
        "release not fenced",
        "sweep without looking at the lease",
    ],
)
def test_without_a_condition_the_fault_is_found(
    play: Any,
    states: dict[str, State],
    machine: type[Claims],
    changes: dict[str, tuple[str, str]],
    fault: str,
) -> None:
    with pytest.raises(AssertionError, match=fault):
        play(machine, mutated(states, changes), SEARCH)
