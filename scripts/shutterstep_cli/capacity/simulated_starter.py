"""Simulates the way from the request queue to a running execution: Lambda's pollers and the starter."""

import heapq
from collections.abc import Callable, Generator
from typing import Any

import simpy

from shutterstep_cli.capacity.recorder import DEAD_LETTER, Recorder
from shutterstep_cli.capacity.scenario import Scenario
from shutterstep_cli.capacity.token_bucket import TokenBucket


class Starting:
    """Pollers take batches from the queue; `on_start(message)` is called at the moment an execution starts."""

    def __init__(
        self, env: simpy.Environment, scenario: Scenario, log: Recorder, on_start: Callable[[int], None]
    ) -> None:
        self.env, self.scenario, self.log, self.on_start = env, scenario, log, on_start
        self.bucket = TokenBucket(scenario.quotas.start_burst, scenario.quotas.start_rate)
        self.next = 0  # index of the next message, in order of arrival
        self.returned: list[tuple[float, int]] = []  # throttled messages, by the time they become visible
        self.receives: dict[int, int] = {}
        self.limit = min(scenario.settings.maximum_concurrency, scenario.quotas.pollers_maximum)
        self.idle = self.pollers = min(scenario.quotas.pollers_first, self.limit)
        self.throttled = 0
        self._waker_at = float("inf")
        env.process(self._grow())
        self._wake()

    def waiting(self) -> int:
        """Returns how many messages are in the queue now, including hidden ones."""
        return self.log.arrived(self.env.now) - self.next + len(self.returned)

    def _grow(self) -> Generator[simpy.Event, Any, None]:
        """Adds pollers while messages wait, as Lambda does."""
        while self.pollers < self.limit:
            yield self.env.timeout(60 / self.scenario.quotas.pollers_per_minute)
            if self.next >= self.log.count and not self.returned:
                return
            if not self.idle and self._ready():
                self.pollers += 1
                self.idle += 1
                self._wake()

    def _wake(self, _event: Any = None) -> None:
        """Lets idle pollers take what is there; sets a timer for what comes next."""
        while self.idle and (batch := self._take()):
            self.idle -= 1
            self._invoke(batch)
        if self.idle and (at := self._next_at()) < self._waker_at:
            self._waker_at = at
            self.env.timeout(max(0.0, at - self.env.now)).callbacks.append(self._woken)  # type: ignore[union-attr]

    def _woken(self, event: Any) -> None:
        self._waker_at = float("inf")
        self._wake(event)

    def _ready(self) -> bool:
        return self._next_at() <= self.env.now

    def _next_at(self) -> float:
        fresh = float(self.log.sent[self.next]) if self.next < self.log.count else float("inf")
        return min(fresh, self.returned[0][0]) if self.returned else fresh

    def _take(self) -> list[int]:
        batch: list[int] = []
        while len(batch) < self.scenario.settings.batch_size and self._ready():
            if self.returned and self.returned[0][0] <= self.env.now:
                batch.append(heapq.heappop(self.returned)[1])
            else:
                batch.append(self.next)
                self.next += 1
        return batch

    def _invoke(self, batch: list[int]) -> None:
        """Simulates one invocation: it starts one execution after the other.

        A throttled message comes back after its visibility timeout.
        """
        times = self.scenario.times
        at, started = self.env.now + times.invocation, []
        for message in batch:
            full = self.log.open >= self.scenario.quotas.open_executions
            wait = None if full else self.bucket.take(self.env.now, times.patience)
            at += times.starter + (times.patience if wait is None else wait)
            if wait is None:
                self._give_back(message)
            else:
                started.append(message)
        self.env.timeout(at - self.env.now, started).callbacks.append(self._invoked)  # type: ignore[union-attr]

    def _invoked(self, event: Any) -> None:
        for message in event.value:
            self.on_start(message)
        self.idle += 1
        self._wake()

    def _give_back(self, message: int) -> None:
        settings = self.scenario.settings
        self.throttled += 1
        self.receives[message] = self.receives.get(message, 0) + 1
        shows_at = self.env.now + settings.visibility_timeout
        if self.receives[message] >= settings.maximum_receives:
            self.log.end(message, shows_at, DEAD_LETTER)
        else:
            heapq.heappush(self.returned, (shows_at, message))
