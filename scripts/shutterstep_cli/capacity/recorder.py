"""What a simulation records: each message's times and outcome, and samples of the whole system."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

RENDERED, SKIPPED, FAILED, DEAD_LETTER, OPEN = range(5)
OUTCOMES = ("rendered", "skipped", "failed", "dead_letter", "open")


@dataclass
class Recorder:
    """Arrays by message: `sent`, `started` and `ended` in seconds after the start (NaN before), and `outcome`."""

    sent: np.ndarray
    started: np.ndarray = field(init=False)
    ended: np.ndarray = field(init=False)
    outcome: np.ndarray = field(init=False)
    open: int = 0
    left: int = 0
    samples: list[dict[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.count = self.left = len(self.sent)
        self.started = np.full(self.count, np.nan)
        self.ended = np.full(self.count, np.nan)
        self.outcome = np.full(self.count, OPEN, dtype=np.int8)

    def arrived(self, now: float) -> int:
        """Returns how many messages have been sent by now."""
        return int(np.searchsorted(self.sent, now, side="right"))

    def start(self, message: int, at: float) -> None:
        """Records that a message's execution starts."""
        self.started[message] = at
        self.open += 1

    def end(self, message: int, at: float, outcome: int) -> None:
        """Records that a message has ended, or is known to end at this moment."""
        self.ended[message], self.outcome[message] = at, outcome
        self.left -= 1
        if outcome != DEAD_LETTER:
            self.open -= 1

    def latencies(self, outcome: int = RENDERED) -> np.ndarray:
        """Returns the seconds from send to end, sorted, of the messages with this outcome."""
        chosen = self.outcome == outcome
        return np.sort(self.ended[chosen] - self.sent[chosen])

    def counts(self) -> dict[str, int]:
        """Returns how many messages ended with each outcome."""
        return {name: int((self.outcome == number).sum()) for number, name in enumerate(OUTCOMES)}

    def series(self, name: str) -> tuple[list[float], list[float]]:
        """Returns times and values of one sampled quantity."""
        return [sample["at"] for sample in self.samples], [sample[name] for sample in self.samples]

    def summary(self) -> dict[str, Any]:
        """Returns counts, percentiles of rendered messages in seconds, and how long everything took."""
        found = self.latencies()
        named = {f"p{share}_s": _round(np.percentile(found, share)) if len(found) else None for share in (50, 95, 99)}
        seconds = float(np.nanmax(self.ended)) if not np.isnan(self.ended).all() else 0.0
        return {
            **self.counts(),
            **named,
            "max_s": _round(found[-1]) if len(found) else None,
            "seconds": _round(seconds),
        }


def _round(value: float) -> float:
    return round(float(value), 2)
