"""The rule by which the pool's size follows its backlog, as the template configures it in Application Auto Scaling."""

import math
from dataclasses import dataclass

# Target tracking shrinks only when the metric is this far below its target, so that the size does not oscillate.
SCALE_IN_BELOW = 0.9
# Target tracking multiplies the number of workers, so it cannot scale from 0: an extra alarm starts the first one.
FIRST_WORKERS = 1


def tracked(workers: int, metric: float, target: float) -> int:
    """Returns the number of workers, rounded up, at which the metric would fall from `metric` to `target`."""
    return math.ceil(workers * metric / target)


@dataclass(frozen=True)
class Bounds:
    """The parameters PoolMinimum, PoolMaximum, PoolTarget and the two cooldowns, in seconds."""

    minimum: int
    maximum: int
    target: float
    scale_out_cooldown: float
    scale_in_cooldown: float


class Autoscaler:
    """Target tracking of the backlog for each worker, and one step from zero. Times are seconds of any one clock."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._grew_at = self._changed_at = -math.inf

    def size(self, now: float, workers: int, backlog: int) -> int:
        """Returns how many workers there should be; `backlog` counts the jobs that wait or are being rendered."""
        wanted = min(max(self._wanted(workers, backlog), self.bounds.minimum), self.bounds.maximum)
        if wanted > workers and now - self._grew_at >= self.bounds.scale_out_cooldown:
            self._grew_at = self._changed_at = now
            return wanted
        if wanted < workers and now - self._changed_at >= self.bounds.scale_in_cooldown:
            self._changed_at = now
            return wanted
        return workers

    def _wanted(self, workers: int, backlog: int) -> int:
        if workers == 0:
            return FIRST_WORKERS if backlog else 0
        metric = backlog / workers
        if self.bounds.target * SCALE_IN_BELOW <= metric <= self.bounds.target:
            return workers
        return tracked(workers, metric, self.bounds.target)
