"""Invariants that must hold whatever went wrong, checked on the stack afterwards."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.schedule import Schedule


@dataclass
class Evidence:
    """What the stack shows: executions by name, items by id, objects as SHA-256 by key, dead letters by message id.

    An execution is {id, status, output, replayed}; `output` is empty unless it succeeded. `jobs` lie in RenderQueue.
    """

    sent: int
    executions: dict[str, dict[str, Any]]
    items: dict[str, dict[str, Any]]
    objects: dict[str, str]
    dead_letters: set[str] = field(default_factory=set)
    jobs: int = 0


@dataclass(frozen=True)
class Verdict:
    """An invariant, the number of cases checked, and the cases that violate it."""

    invariant: str
    checked: int
    broken: tuple[str, ...]


def before_replay(schedule: Schedule, evidence: Evidence) -> list[Verdict]:
    """Returns the invariants that hold as soon as nothing runs any more, before anybody acts."""
    accepted = schedule.ids("good", "failing", "down")
    return [
        _each("every accepted id ends as success or failed", accepted, lambda id_: _status(evidence, id_) in ENDS),
        _each(
            "a page fails only for itself, never for what dies around it",
            schedule.untroubled(),
            lambda id_: _status(evidence, id_) == "success",
        ),
        _messages_are_kept(evidence),
        *_always(evidence),
    ]


def after_replay(schedule: Schedule, evidence: Evidence) -> list[Verdict]:
    """Returns the invariants that hold after the site is up again and every failure was replayed once."""
    good = schedule.ids("good", "down")
    commits = Counter(_committed_ids(evidence))
    return [
        _each("every good id is success", good, lambda id_: _status(evidence, id_) == "success"),
        _each("a render was committed exactly once", good, lambda id_: commits[id_] == 1),
        _each(
            "a page that cannot be rendered is failed, with a code",
            schedule.ids("failing"),
            lambda id_: _status(evidence, id_) == "failed" and bool(evidence.items[id_].get("error_code")),
        ),
        *_always(evidence),
    ]


ENDS = ("success", "failed")


def _always(evidence: Evidence) -> list[Verdict]:
    finished = [id_ for id_ in evidence.items if _status(evidence, id_) == "success"]
    return [
        _each("an item holds its owner's own result", finished, lambda id_: _is_the_owners(evidence, id_)),
        _each(
            "an item's object is there, with its SHA-256",
            finished,
            lambda id_: evidence.objects.get(evidence.items[id_]["s3_key"]) == evidence.items[id_]["sha256"],
        ),
        _each("no execution is left running", evidence.executions, lambda name: not _is_running(evidence, name)),
        Verdict("no job is left in RenderQueue", 1, (f"{evidence.jobs} jobs",) if evidence.jobs else ()),
    ]


def _messages_are_kept(evidence: Evidence) -> Verdict:
    """Each message became one execution or one dead letter."""
    started = sum(not execution["replayed"] for execution in evidence.executions.values())
    kept = started + len(evidence.dead_letters)
    broken = () if kept == evidence.sent else (f"{started} executions + {len(evidence.dead_letters)} dead letters",)
    return Verdict("messages sent = executions + dead letters", evidence.sent, broken)


def _each(invariant: str, cases: Iterable[str], holds: Callable[[str], bool]) -> Verdict:
    listed = sorted(cases)
    return Verdict(invariant, len(listed), tuple(case for case in listed if not holds(case)))


def _status(evidence: Evidence, id_: str) -> str:
    return evidence.items.get(id_, {}).get("status", "no item")


def _is_running(evidence: Evidence, name: str) -> bool:
    return evidence.executions[name]["status"] == "RUNNING"


def _is_the_owners(evidence: Evidence, id_: str) -> bool:
    item = evidence.items[id_]
    output = evidence.executions.get(item["claim"], {}).get("output", {})
    return output.get("status") == "success" and output.get("s3_key") == item["s3_key"]


def _committed_ids(evidence: Evidence) -> list[str]:
    executions = evidence.executions.values()
    return [execution["id"] for execution in executions if execution["output"].get("status") == "success"]
