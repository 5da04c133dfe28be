"""A discrete-event simulation of the whole system: queue, starter, workflow, launches or pool, under AWS's quotas.

A message takes about three events, so that a million messages take half a minute: arrivals are an array that the
pollers read, token buckets return a wait instead of an event, and a skip's end is known when it starts.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from shutterstep_cli.capacity.recorder import FAILED, SKIPPED, Recorder
from shutterstep_cli.capacity.scenario import Scenario
from shutterstep_cli.capacity.simulated_pool import SimulatedPool
from shutterstep_cli.capacity.simulated_starter import Starting
from shutterstep_cli.capacity.simulated_tasks import Tasks
from shutterstep_cli.capacity.token_bucket import TokenBucket

SAMPLES = 400
# A render passes Claim before and MarkSuccess after it; a duplicate passes Claim, LookUpOwner, WhySkip and the Skip.
STATES_BEFORE_RENDER = 1
STATES_OF_A_SKIP = 4
STATES_OF_A_RENDER = 3


@dataclass(frozen=True)
class Result:
    """A finished simulation: its records, state transitions, paid seconds of renderers, and throttled calls."""

    scenario: Scenario
    log: Recorder
    transitions: int
    renderer_seconds: float
    throttled_starts: int
    refused_launches: int

    def as_json(self) -> dict[str, Any]:
        """Returns the result in plain numbers."""
        peaks = {f"{name}_max": max((sample[name] for sample in self.log.samples), default=0) for name in SAMPLED}
        return {
            "scenario": self.scenario.name,
            "mode": self.scenario.mode,
            "messages": self.scenario.messages,
            **self.log.summary(),
            **peaks,
            "throttled_starts": self.throttled_starts,
            "refused_launches": self.refused_launches,
            "transitions": self.transitions,
            "renderer_seconds": round(self.renderer_seconds),
        }


@dataclass(frozen=True)
class Trace:
    """A measured load: when each message was sent (seconds, sorted), and which messages were duplicates."""

    sent: np.ndarray
    skips: np.ndarray


SAMPLED = ("in_queue", "open", "in_render_queue", "renderers")


class Simulation:
    """One run of a scenario, or of a trace under the scenario's conditions; `run` reports the share that has ended."""

    def __init__(self, scenario: Scenario, trace: Trace | None = None) -> None:
        self.scenario = scenario
        self.env = simpy.Environment()
        chance = np.random.default_rng(scenario.seed)
        load = trace or drawn(scenario, chance)
        self.log, self.skips = Recorder(load.sent), load.skips
        self.render_seconds = render_times(scenario, chance)
        self.transitions = TokenBucket(scenario.quotas.transition_burst, scenario.quotas.transition_rate)
        self.made = 0
        self.renderer = (
            SimulatedPool(self.env, scenario, self.log)
            if scenario.mode == "pool"
            else Tasks(self.env, scenario, self.log, chance)
        )
        self.starting = Starting(self.env, scenario, self.log, self._started)

    def run(self, on_progress: Callable[[float], None] = lambda _share: None) -> Result:
        """Runs until every message has ended."""
        self.env.process(self._sample(on_progress))
        self.env.run()
        if isinstance(self.renderer, SimulatedPool):
            self.renderer.count_seconds()
        retries = self.renderer.retries
        return Result(
            self.scenario, self.log, self.made + retries, self.renderer.seconds, self.starting.throttled, retries
        )

    def _started(self, message: int) -> None:
        now, state = self.env.now, self.scenario.times.state
        self.log.start(message, now)
        states = STATES_OF_A_SKIP if self.skips[message] else STATES_OF_A_RENDER
        self.made += states
        # A throttled transition waits; none is lost.
        wait = self.transitions.take(now, float("inf"), states) or 0.0
        if wait > self.scenario.settings.execution_timeout:
            self.log.end(message, now + self.scenario.settings.execution_timeout, FAILED)
        elif self.skips[message]:
            self.log.end(message, now + wait + states * state, SKIPPED)
        else:
            ready = self.env.timeout(wait + STATES_BEFORE_RENDER * state, message)
            ready.callbacks.append(self._ready)  # type: ignore[union-attr]

    def _ready(self, event: Any) -> None:
        self.renderer.render(event.value, float(self.render_seconds[event.value]))

    def _sample(self, on_progress: Callable[[float], None]) -> Generator[simpy.Event, Any, None]:
        """Takes samples, every second at first, then less and less often, so that an hour and a day both give a few
        hundred.
        """
        step = 1.0
        while self.log.left:
            self._note()
            on_progress(1 - self.log.left / self.log.count)
            if len(self.log.samples) >= 2 * SAMPLES:
                del self.log.samples[1::2]
                step *= 2
            yield self.env.timeout(step)
        self._note()

    def _note(self) -> None:
        values = (self.starting.waiting(), self.log.open, self.renderer.queued, self.renderer.renderers)
        self.log.samples.append({"at": self.env.now, **dict(zip(SAMPLED, values, strict=True))})


def drawn(scenario: Scenario, chance: np.random.Generator) -> Trace:
    """Returns a random load of the scenario; the first message is never a duplicate."""
    sent = arrivals(scenario, chance)
    skips = chance.random(len(sent)) < scenario.duplicates
    skips[:1] = False
    return Trace(sent, skips)


def arrivals(scenario: Scenario, chance: np.random.Generator) -> np.ndarray:
    """Returns when each message is sent, in seconds, sorted."""
    if scenario.rate is None:
        return np.zeros(scenario.messages)
    if scenario.poisson:
        return np.cumsum(chance.exponential(1 / scenario.rate, scenario.messages))
    return np.arange(scenario.messages) / scenario.rate


def render_times(scenario: Scenario, chance: np.random.Generator) -> np.ndarray:
    """Returns the seconds of each render, log-normal with the scenario's mean and variation."""
    if scenario.render_variation == 0:
        return np.full(scenario.messages, scenario.render_seconds)
    sigma = np.sqrt(np.log(1 + scenario.render_variation**2))
    return chance.lognormal(np.log(scenario.render_seconds) - sigma**2 / 2, sigma, scenario.messages)


def simulate(
    scenario: Scenario, on_progress: Callable[[float], None] = lambda _share: None, trace: Trace | None = None
) -> Result:
    """Runs a scenario to its end and returns the result."""
    return Simulation(scenario, trace).run(on_progress)
