"""The checklist of a verification: each guarantee as a tick, with the evidence for it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

TickStatus = Literal["met", "missing", "not_applicable"]


@dataclass(frozen=True)
class Tick:
    """`found` says in one line what was seen, or why it does not apply here; `evidence` names it piece by piece."""

    name: str
    status: TickStatus
    found: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """The ticks of one verification, in the order of a message's way."""

    ticks: tuple[Tick, ...]

    @property
    def missing(self) -> list[str]:
        """Names of the guarantees that were not seen to hold."""
        return [tick.name for tick in self.ticks if tick.status == "missing"]

    @property
    def passed(self) -> bool:
        """Whether none is missing."""
        return not self.missing

    def verdict(self) -> str:
        """The result in one sentence."""
        met = sum(tick.status == "met" for tick in self.ticks)
        apart = len(self.ticks) - met - len(self.missing)
        rest = f", {apart} do not apply here" if apart else ""
        if self.passed:
            return f"Passed: {met} of {met} ticks{rest}."
        return f"Not passed: {len(self.missing)} of {met + len(self.missing)} ticks are missing{rest}."

    def as_json(self) -> list[dict[str, Any]]:
        """A list of {name, status, found, evidence}."""
        return [asdict(tick) for tick in self.ticks]


def tick(name: str, found: str, broken: list[str], evidence: list[str]) -> Tick:
    """Met when nothing is broken; what is broken comes first in the evidence of a tick that is missing."""
    if broken:
        return Tick(name, "missing", broken[0], (*broken[1:], *evidence))
    return Tick(name, "met", found, tuple(evidence))


def not_applicable(name: str, why: str) -> Tick:
    """A guarantee that this stack cannot show, and why."""
    return Tick(name, "not_applicable", why)
