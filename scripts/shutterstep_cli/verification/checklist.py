"""The checklist of a verification: each guarantee as a tick, with the evidence for it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

TickStatus = Literal["met", "missing", "not_applicable"]


@dataclass(frozen=True)
class Tick:
    """One guarantee. `found` says in one line what was seen, or why it does not apply; `evidence` lists the details."""

    name: str
    status: TickStatus
    found: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """The ticks of one verification, in the order in which a message passes the parts."""

    ticks: tuple[Tick, ...]

    @property
    def missing(self) -> list[str]:
        """Returns the names of the guarantees that were not met."""
        return [tick.name for tick in self.ticks if tick.status == "missing"]

    @property
    def passed(self) -> bool:
        """Whether no tick is missing."""
        return not self.missing

    def verdict(self) -> str:
        """Returns the result in one sentence."""
        met = sum(tick.status == "met" for tick in self.ticks)
        apart = len(self.ticks) - met - len(self.missing)
        rest = f", {apart} do not apply here" if apart else ""
        if self.passed:
            return f"Passed: {met} of {met} ticks{rest}."
        return f"Not passed: {len(self.missing)} of {met + len(self.missing)} ticks are missing{rest}."

    def as_json(self) -> list[dict[str, Any]]:
        """Returns a list of {name, status, found, evidence}."""
        return [asdict(tick) for tick in self.ticks]


def tick(name: str, found: str, broken: list[str], evidence: list[str]) -> Tick:
    """Returns a tick that is met if `broken` is empty; otherwise `broken` comes first in its evidence."""
    if broken:
        return Tick(name, "missing", broken[0], (*broken[1:], *evidence))
    return Tick(name, "met", found, tuple(evidence))


def not_applicable(name: str, why: str) -> Tick:
    """Returns a tick for a guarantee that this stack cannot show, with the reason."""
    return Tick(name, "not_applicable", why)
