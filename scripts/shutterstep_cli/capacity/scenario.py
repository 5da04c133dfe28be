"""What to simulate: the load, the template's parameters, the quotas, and measured times."""

from dataclasses import dataclass, field

from shutterstep_cli.capacity.facts import Quotas, cold_start_seconds, quotas
from shutterstep_cli.capacity.prices import Mode


@dataclass(frozen=True)
class SimulationSettings:
    """The template's parameters that limit the flow, with its defaults (a test compares them)."""

    batch_size: int = 1
    maximum_concurrency: int = 10
    visibility_timeout: float = 300
    maximum_receives: int = 5
    execution_timeout: float = 1800
    pool_concurrency: int = 2
    pool_timeout: float = 1500
    pool_minimum: int = 1
    pool_maximum: int = 20
    pool_target: float = 100
    scale_out_cooldown: float = 60
    scale_in_cooldown: float = 300
    auto_scaling: bool = True


@dataclass(frozen=True)
class Times:
    """Durations of AWS and of the renderer, in seconds.

    `starter` is one StartExecution, `invocation` the overhead of an invocation, `state` a state with a native call,
    `patience` how long the starter's client retries a throttled call, `answer` the time from the picture to the
    workflow's next state. CloudWatch's target tracking evaluates once a minute and acts after 3 high or 15 low values.
    """

    starter: float = 0.06
    invocation: float = 0.01
    state: float = 0.05
    patience: float = 5
    answer: float = 0.1
    cold_start: float = field(default_factory=cold_start_seconds)
    scaling_period: float = 60
    high_periods: int = 3
    low_periods: int = 15


@dataclass(frozen=True)
class Scenario:
    """`messages` at `rate` a second (None: all at once), evenly spaced or as a Poisson process.

    The share `duplicates` of them skips. A render takes `render_seconds`, spread log-normally by `render_variation`
    (standard deviation / mean). Where all workers share `cores`, as on one machine, renders slow down as more of them
    run.
    """

    mode: Mode
    messages: int
    rate: float | None
    render_seconds: float
    duplicates: float = 0
    render_variation: float = 0.5
    poisson: bool = True
    task_vcpu: float = 1
    cores: int | None = None
    settings: SimulationSettings = field(default_factory=SimulationSettings)
    times: Times = field(default_factory=Times)
    quotas: Quotas = field(default_factory=quotas)
    seed: int = 0

    @property
    def name(self) -> str:
        """Returns a short name, for titles."""
        load = f"{self.rate:g} requests/s" if self.rate else f"a burst of {self.messages:,}"
        return f"{load}, {self.mode} mode"
