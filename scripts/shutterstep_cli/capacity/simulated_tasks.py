"""Simulates task mode: RunTask under its quotas, the workflow's retries, a cold start, the render."""

from typing import Any

import numpy as np
import simpy

from shutterstep_cli.capacity.recorder import FAILED, RENDERED, Recorder
from shutterstep_cli.capacity.scenario import Scenario
from shutterstep_cli.capacity.token_bucket import TokenBucket

# The retrier of RenderOnTask for throttled and refused launches (a test compares it with the workflow).
MAXIMUM_ATTEMPTS = 30
INTERVAL_SECONDS = 5.0
BACKOFF_RATE = 2.0
MAXIMUM_DELAY_SECONDS = 120.0


class Tasks:
    """Each job is a task of its own. `render(message, seconds)` simulates RenderOnTask."""

    def __init__(self, env: simpy.Environment, scenario: Scenario, log: Recorder, chance: np.random.Generator) -> None:
        self.env, self.scenario, self.log, self.chance = env, scenario, log, chance
        limits = scenario.quotas
        self.calls = TokenBucket(limits.run_task_burst, limits.run_task_rate)
        self.launches = TokenBucket(limits.launch_burst, limits.launch_rate)
        self.most = int(limits.vcpus / scenario.task_vcpu)
        self.renderers = 0
        self.retries = 0
        self.seconds = 0.0

    @property
    def queued(self) -> int:
        """Returns 0: executions that wait to retry their launch are open, but in no queue."""
        return 0

    def render(self, message: int, seconds: float) -> None:
        """Launches a task, or tries again later as the workflow does; a job that waits too long fails."""
        self._attempt(message, seconds, 0)

    def _attempt(self, message: int, seconds: float, attempt: int) -> None:
        now = self.env.now
        deadline = self.log.started[message] + self.scenario.settings.execution_timeout
        if now >= deadline:
            self.log.end(message, deadline, FAILED)
        elif self.renderers < self.most and self.calls.take(now) is not None and self.launches.take(now) is not None:
            self.renderers += 1
            self.seconds += max(60.0, self.scenario.times.cold_start + seconds)
            done = self.env.timeout(self.scenario.times.cold_start + seconds, message)
            done.callbacks.append(self._rendered)  # type: ignore[union-attr]
        elif attempt == MAXIMUM_ATTEMPTS:
            self.log.end(message, now + self.scenario.times.state, FAILED)
        else:
            self.retries += 1
            longest = min(MAXIMUM_DELAY_SECONDS, INTERVAL_SECONDS * BACKOFF_RATE**attempt)
            again = self.env.timeout(longest * self.chance.random(), (message, seconds, attempt + 1))
            again.callbacks.append(lambda event: self._attempt(*event.value))  # type: ignore[union-attr]

    def _rendered(self, event: Any) -> None:
        self.renderers -= 1
        self.log.end(event.value, self.env.now + self.scenario.times.answer + self.scenario.times.state, RENDERED)
