"""The simulated pool: RenderQueue, its workers' slots, and target tracking on the backlog for each worker."""

from collections import deque
from collections.abc import Generator
from typing import Any

import simpy

from shutterstep_cli.capacity.recorder import FAILED, RENDERED, Recorder
from shutterstep_cli.capacity.scenario import Scenario
from shutterstep_cli.capacity.token_bucket import TokenBucket
from shutterstep_cli.stack.scaling_rule import FIRST_WORKERS, SCALE_IN_BELOW, tracked


class SimulatedPool:
    """Workers take jobs in order; `render(message, seconds)` is an execution that reaches RenderInPool."""

    def __init__(self, env: simpy.Environment, scenario: Scenario, log: Recorder) -> None:
        self.env, self.scenario, self.log = env, scenario, log
        settings, limits = scenario.settings, scenario.quotas
        self.launches = TokenBucket(min(limits.launch_burst, limits.scale_out_per_minute), limits.launch_rate)
        self.most = min(settings.pool_maximum, limits.tasks_per_service, int(limits.vcpus / scenario.task_vcpu))
        self.desired = self.renderers = min(settings.pool_minimum, self.most)
        self.idle = self.renderers * settings.pool_concurrency
        self.busy = self.leaving = self.retries = 0
        self.jobs: deque[tuple[int, float, float]] = deque()
        self.seconds = 0.0
        self._values: list[float] = []
        self._scaled_at = float("-inf")
        self._counted_at = 0.0
        if settings.auto_scaling:
            env.process(self._scale())

    @property
    def queued(self) -> int:
        """Returns the jobs in RenderQueue that no worker has taken."""
        return len(self.jobs)

    def render(self, message: int, seconds: float) -> None:
        """Puts the job into RenderQueue; an idle slot takes it at once."""
        self.jobs.append((message, seconds, self.env.now))
        self._serve()

    def _serve(self) -> None:
        while self.idle and self.jobs:
            message, seconds, queued_at = self.jobs.popleft()
            deadline = queued_at + self.scenario.settings.pool_timeout
            if self.env.now >= deadline:  # its token has expired: the worker drops it
                self.log.end(message, deadline, FAILED)
                continue
            self.idle -= 1
            self.busy += 1
            stretched = seconds * max(1.0, self.busy / (self.scenario.cores or self.busy))
            done = self.env.timeout(stretched + self.scenario.times.answer, (message, deadline))
            done.callbacks.append(self._rendered)  # type: ignore[union-attr]

    def _rendered(self, event: Any) -> None:
        message, deadline = event.value
        self.busy -= 1
        late = self.env.now > deadline
        self.log.end(
            message, deadline if late else self.env.now + self.scenario.times.state, FAILED if late else RENDERED
        )
        if self.leaving:
            self.leaving -= 1
        else:
            self.idle += 1
            self._serve()

    def _scale(self) -> Generator[simpy.Event, Any, None]:
        while self.log.left:
            yield self.env.timeout(self.scenario.times.scaling_period)
            self.count_seconds()
            backlog = len(self.jobs) + self.busy
            self._values.append(backlog / self.renderers if self.renderers else float(backlog))
            self._follow(self._values[-1])

    def _follow(self, value: float) -> None:
        settings, times = self.scenario.settings, self.scenario.times
        since = self.env.now - self._scaled_at
        wanted = min(self.most, max(settings.pool_minimum, tracked(self.desired, value, settings.pool_target)))
        if not self.renderers and self.jobs and not self.desired:
            wanted, high, low = min(FIRST_WORKERS, self.most), True, False  # PoolNeededAlarm acts on one value
        else:
            high = all(one > settings.pool_target for one in self._last(times.high_periods))
            low = all(one < SCALE_IN_BELOW * settings.pool_target for one in self._last(times.low_periods))
        if high and wanted > self.desired and since >= settings.scale_out_cooldown:
            self._grow(wanted - self.desired)
        elif low and wanted < self.desired and since >= settings.scale_in_cooldown:
            self._shrink(self.desired - wanted)

    def _last(self, periods: int) -> list[float]:
        """Returns the last values; if there are not enough yet, one that crosses no threshold."""
        return self._values[-periods:] if len(self._values) >= periods else [float("nan")]

    def _grow(self, workers: int) -> None:
        self._scaled_at = self.env.now
        self.desired += workers
        for _ in range(workers):
            wait = self.launches.take(self.env.now, patience=float("inf")) or 0.0
            ready = self.env.timeout(wait + self.scenario.times.cold_start)
            ready.callbacks.append(self._joined)  # type: ignore[union-attr]

    def _joined(self, _event: Any) -> None:
        self.count_seconds()
        self.renderers += 1
        self.idle += self.scenario.settings.pool_concurrency
        self._serve()

    def _shrink(self, workers: int) -> None:
        """Removes workers after they have finished their pages."""
        self._scaled_at = self.env.now
        self.count_seconds()
        workers = min(workers, self.renderers)
        self.desired -= workers
        self.renderers -= workers
        slots = workers * self.scenario.settings.pool_concurrency
        resting = min(slots, self.idle)
        self.idle -= resting
        self.leaving += slots - resting

    def count_seconds(self) -> None:
        """Adds up the workers' seconds; call it before their number changes."""
        self.seconds += self.renderers * (self.env.now - self._counted_at)
        self._counted_at = self.env.now
