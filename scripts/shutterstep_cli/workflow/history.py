"""What happened in an execution, from its history: the states it visited, attempts, input, output and errors."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Literal

from shutterstep_cli.workflow.graph import Graph

Outcome = Literal["passed", "retried", "caught", "failed", "skipped", "running", "stopped", "not reached"]
Event = dict[str, Any]

# A Succeed state whose name begins like this is the end of a duplicate.
SKIP = "Skip"
ENDED = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}
CUT_OFF = ("ExecutionTimedOut", "ExecutionAborted")


@dataclass
class Attempt:
    """One attempt of a task; `error` is empty while it runs and if it succeeded."""

    started_at: datetime
    ended_at: datetime | None = None
    error: str = ""
    cause: str = ""

    @property
    def seconds(self) -> float | None:
        """Returns the duration in seconds; None if it has not ended."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


@dataclass
class Visit:
    """One visit of a state; input and output are JSON texts, empty if the history has none."""

    state: str
    type: str
    entered_at: datetime
    exited_at: datetime | None = None
    input: str = ""
    output: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    outcome: Outcome = "running"

    @property
    def errors(self) -> list[Attempt]:
        """Returns the attempts that failed."""
        return [attempt for attempt in self.attempts if attempt.error]

    @property
    def seconds(self) -> float | None:
        """Returns the duration in seconds; None if it has not ended."""
        return (self.exited_at - self.entered_at).total_seconds() if self.exited_at else None


@dataclass
class History:
    """The visits in order; `end` is the type of the execution's last event, empty while it runs."""

    visits: list[Visit] = field(default_factory=list)
    end: str = ""
    error: str = ""
    cause: str = ""

    def visits_of(self, state: str) -> list[Visit]:
        """Returns the visits of one state, in order."""
        return [visit for visit in self.visits if visit.state == state]

    def outcome_of(self, state: str) -> Outcome:
        """Returns the outcome of the state's last visit."""
        visits = self.visits_of(state)
        return visits[-1].outcome if visits else "not reached"

    def retries_of(self, state: str) -> int:
        """Returns how often a task of the state was retried, over all visits."""
        return sum(max(len(visit.attempts) - 1, 0) for visit in self.visits_of(state))

    def steps(self) -> set[tuple[str, str]]:
        """Returns the pairs of consecutive states."""
        names = [visit.state for visit in self.visits]
        return set(pairwise(names))


def history_of(events: Iterable[Event], graph: Graph) -> History:
    """Reads the events of GetExecutionHistory, oldest first."""
    history = History()
    for event in events:
        _take(history, event)
    for visit in history.visits:
        visit.outcome = _outcome(visit, history, graph)
    return history


def _take(history: History, event: Event) -> None:
    kind: str = event["type"]
    details = _details(event)
    if kind in ENDED:
        history.end, history.error, history.cause = kind, details.get("error", ""), details.get("cause", "")
        _close(history, event["timestamp"])
    elif kind == "ExecutionRedriven":
        history.end = history.error = history.cause = ""
    elif kind.endswith("StateEntered"):
        type_ = kind.removesuffix("StateEntered")
        history.visits.append(Visit(details["name"], type_, event["timestamp"], input=details.get("input", "")))
    elif history.visits:
        _take_within(history.visits[-1], event, details)


def _take_within(visit: Visit, event: Event, details: dict[str, Any]) -> None:
    """Handles an event of the state entered last: its task started, was retried or ended, or the state was left."""
    kind, time = event["type"], event["timestamp"]
    if kind.endswith("StateExited"):
        visit.exited_at, visit.output = time, details.get("output", "")
    elif kind.endswith("Scheduled"):
        visit.attempts.append(Attempt(time))
    elif kind.endswith(("Failed", "TimedOut")):
        if not visit.attempts or visit.attempts[-1].ended_at:
            visit.attempts.append(Attempt(time))  # it failed before a task was scheduled
        last = visit.attempts[-1]
        last.ended_at, last.error, last.cause = time, details.get("error", kind), details.get("cause", "")
    elif kind.endswith("Succeeded") and visit.attempts:
        visit.attempts[-1].ended_at = time


def _close(history: History, time: datetime) -> None:
    """Ends the state that was open when the execution ended.

    There is no event for the end of a Succeed or Fail state, or of one that was interrupted.
    """
    if history.visits and history.visits[-1].exited_at is None:
        history.visits[-1].exited_at = time


def _details(event: Event) -> dict[str, Any]:
    name = event["type"]
    entered_or_exited = "stateEntered" if name.endswith("StateEntered") else "stateExited"
    key = entered_or_exited if name.endswith(("StateEntered", "StateExited")) else name[0].lower() + name[1:]
    return event.get(f"{key}EventDetails", {})


def _outcome(visit: Visit, history: History, graph: Graph) -> Outcome:
    is_last = visit is history.visits[-1]
    if is_last and not history.end:
        return "running"
    if is_last and history.end in CUT_OFF:
        return "stopped"
    if visit.type == "Fail":
        return "failed"
    if visit.type == "Succeed":
        return "skipped" if visit.state.startswith(SKIP) else "passed"
    if visit.attempts and visit.attempts[-1].error:
        return _outcome_of_error(visit, graph)
    return "retried" if visit.errors else "passed"


def _outcome_of_error(visit: Visit, graph: Graph) -> Outcome:
    """Returns `caught` for an error that the workflow names and so expects, such as a lost claim, else a failure."""
    node = graph.node(visit.state)
    return "caught" if node and visit.attempts[-1].error in node.errors else "failed"


def message_of(cause: str) -> str:
    """Returns the cause for people: the `message` of a JSON object that has one, else the text."""
    try:
        parsed = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed["message"]) if isinstance(parsed, dict) and "message" in parsed else cause


def text_of(time: datetime | None) -> str:
    """Returns ISO 8601 UTC with milliseconds; empty for None."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else ""
