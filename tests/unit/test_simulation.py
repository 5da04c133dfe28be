"""The simulation against what queueing theory and AWS's documents say of the parts, and against itself."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterstep_cli.capacity import simulated_tasks
from shutterstep_cli.capacity.facts import quotas
from shutterstep_cli.capacity.queueing import erlang_c, mean_wait
from shutterstep_cli.capacity.recorder import DEAD_LETTER, FAILED, RENDERED
from shutterstep_cli.capacity.scenario import Scenario, SimulationSettings, Times
from shutterstep_cli.capacity.simulation import Result, Trace, simulate
from shutterstep_cli.capacity.token_bucket import TokenBucket
from shutterstep_cli.verbs.capacity import PARAMETERS
from tests.unit.cloudformation import source, workflow

# No starter, no states, no cold start: what is left is a queue with servers.
ONLY_QUEUE = Times(starter=1e-6, invocation=0, state=0, answer=0, cold_start=0)
PLENTY = replace(
    quotas(vcpus=10_000), start_rate=1e6, start_burst=1e6, transition_rate=1e9, transition_burst=1e9,
    run_task_rate=1e6, run_task_burst=1e6, launch_rate=1e6, launch_burst=1e6,
)  # fmt: skip


def pool(servers: int, **changes: Any) -> SimulationSettings:
    return SimulationSettings(
        maximum_concurrency=1000, pool_minimum=servers, pool_maximum=servers, pool_concurrency=1,
        auto_scaling=False, pool_timeout=1e9, execution_timeout=1e9, **changes,
    )  # fmt: skip


def queue(servers: int, load: float, messages: int, **changes: Any) -> Result:
    """A pool of `servers`, each `load` busy, a second a render, requests at random."""
    scenario = Scenario("pool", messages, load * servers, 1.0, render_variation=0, times=ONLY_QUEUE, quotas=PLENTY)
    return simulate(replace(scenario, settings=pool(servers), **changes))


def waits(result: Result) -> float:
    return float((result.log.ended - result.log.sent).mean()) - result.scenario.render_seconds


def test_one_worker_waits_as_long_as_the_formula_of_pollaczek_and_khinchine_says() -> None:
    load = 0.8
    assert waits(queue(1, load, 60_000)) == pytest.approx(load / (2 * (1 - load)), rel=0.08)


@pytest.mark.parametrize("servers", [4, 20])
def test_many_workers_wait_as_long_as_the_queue_with_c_servers(servers: int) -> None:
    expected = mean_wait(servers, 0.9 * servers, 1.0, variation=0)
    assert waits(queue(servers, 0.9, 80_000)) == pytest.approx(expected, rel=0.15)


def test_renders_that_vary_wait_longer_by_the_square_of_their_variation() -> None:
    steady, varying = queue(1, 0.7, 60_000), queue(1, 0.7, 60_000, render_variation=1.0)
    assert waits(varying) / waits(steady) == pytest.approx(2, rel=0.2)


def test_open_executions_follow_littles_law() -> None:
    result = queue(8, 0.85, 40_000)
    inside = np.array([sample["open"] for sample in result.log.samples])
    rate = result.log.count / result.log.ended.max()
    assert inside.mean() == pytest.approx(rate * (result.log.ended - result.log.started).mean(), rel=0.05)


def test_the_formulas_agree_with_known_values() -> None:
    assert erlang_c(1, 0.8) == pytest.approx(0.8)
    assert erlang_c(2, 1.5) == pytest.approx(0.6429, abs=1e-4)
    assert mean_wait(1, 0.8, 1, variation=1) == pytest.approx(4.0)
    assert mean_wait(3, 3, 1, variation=1) == float("inf")


def test_a_bucket_lets_its_burst_pass_and_then_its_rate() -> None:
    bucket = TokenBucket(burst=100, rate=20)
    assert [bucket.take(0) for _ in range(100)] == [0] * 100
    assert bucket.take(0) is None
    assert bucket.take(0, patience=1) == pytest.approx(0.05)
    assert bucket.take(10, patience=0) == 0


def test_a_burst_starts_as_fast_as_start_execution_is_refilled() -> None:
    limits = replace(PLENTY, start_burst=1300, start_rate=300)
    times = replace(ONLY_QUEUE, patience=1e9)
    result = simulate(Scenario("pool", 4300, None, 0.001, settings=pool(1000), times=times, quotas=limits))
    assert float(result.log.started.max()) == pytest.approx((4300 - 1300) / 300, rel=0.05)


def test_starts_that_are_throttled_come_back_and_at_last_are_dead_letters() -> None:
    limits = replace(PLENTY, start_burst=10, start_rate=0.02)
    result = simulate(Scenario("pool", 300, None, 0.01, settings=pool(100), quotas=limits))
    counts = result.log.counts()
    assert counts["dead_letter"] > 0
    assert counts["rendered"] + counts["dead_letter"] == 300
    letters = result.log.outcome == DEAD_LETTER
    assert result.log.ended[letters].min() > 4 * SimulationSettings().visibility_timeout


LAUNCHES = replace(PLENTY, run_task_rate=20, run_task_burst=20, launch_rate=20, launch_burst=100)


def test_ten_thousand_at_once_are_all_rendered_by_a_task_each_without_a_replay() -> None:
    result = simulate(Scenario("task", 10_000, None, 5, quotas=LAUNCHES))
    assert (result.log.outcome == RENDERED).all()
    assert result.refused_launches < 80_000


def test_what_waits_for_a_launch_longer_than_the_execution_may_last_fails_then() -> None:
    settings = replace(SimulationSettings(), maximum_concurrency=200)
    slow = replace(LAUNCHES, run_task_rate=2, launch_rate=2)
    result = simulate(Scenario("task", 6_000, None, 5, settings=settings, quotas=slow))
    failed = result.log.outcome == FAILED
    assert 0.2 < failed.mean() < 0.9
    assert (result.log.ended - result.log.started)[failed].max() <= settings.execution_timeout + 1


def test_tasks_never_exceed_the_accounts_vcpus() -> None:
    result = simulate(Scenario("task", 2000, 10, 20, quotas=replace(PLENTY, vcpus=50)))
    assert max(sample["renderers"] for sample in result.log.samples) == 50
    pooled = simulate(
        Scenario("pool", 5000, 50, 5, settings=SimulationSettings(pool_maximum=100), quotas=replace(PLENTY, vcpus=8))
    )
    assert max(sample["renderers"] for sample in pooled.log.samples) <= 8


def test_a_job_that_waits_longer_than_the_pool_state_allows_fails_at_that_moment() -> None:
    result = simulate(Scenario("pool", 400, None, 10, settings=replace(pool(1), pool_timeout=100), quotas=PLENTY))
    failed = result.log.outcome == FAILED
    assert failed.sum() > 350
    assert (result.log.ended - result.log.started)[failed] == pytest.approx(100, abs=0.2)


def test_the_pool_grows_three_minutes_and_a_cold_start_after_the_backlog_and_shrinks_to_its_minimum() -> None:
    grown = replace(SimulationSettings(), pool_minimum=1, pool_maximum=30, pool_target=10, maximum_concurrency=1000)
    quiet = np.concatenate([np.zeros(3000), [20_000.0]])
    result = simulate(
        Scenario("pool", 3001, None, 5, settings=grown, quotas=PLENTY), trace=Trace(quiet, np.zeros(3001, dtype=bool))
    )
    sizes = [(sample["at"], sample["renderers"]) for sample in result.log.samples]
    first = next(at for at, size in sizes if size > 1)
    assert first == pytest.approx(180 + Times().cold_start, abs=20)
    assert max(size for _, size in sizes) == 30
    assert sizes[-2][1] == 1
    assert (result.log.outcome == RENDERED).all()


def test_an_empty_pool_starts_its_first_worker_within_two_minutes_and_a_cold_start() -> None:
    result = simulate(Scenario("pool", 5, None, 2, settings=SimulationSettings(pool_minimum=0), quotas=PLENTY))
    assert 60 < result.log.ended.max() < 120 + Times().cold_start + 10


@settings(max_examples=60, deadline=None)
@given(
    mode=st.sampled_from(["task", "pool"]), messages=st.integers(1, 400), rate=st.none() | st.floats(0.1, 200),
    duplicates=st.floats(0, 0.9), concurrency=st.integers(2, 1000), batch=st.integers(1, 10),
    vcpus=st.integers(1, 50), seed=st.integers(0, 5), minimum=st.integers(0, 3),
)  # fmt: skip
def test_every_message_ends_exactly_once_and_no_time_runs_back(
    mode: Any, messages: int, rate: float | None, duplicates: float, concurrency: int, batch: int,
    vcpus: int, seed: int, minimum: int,
) -> None:  # fmt: skip
    chosen = SimulationSettings(maximum_concurrency=concurrency, batch_size=batch, pool_minimum=minimum)
    scenario = Scenario(mode, messages, rate, 3, duplicates, settings=chosen, quotas=quotas(vcpus=vcpus), seed=seed)
    result = simulate(scenario)
    counts = result.log.counts()
    assert counts["open"] == 0
    assert sum(counts.values()) == messages
    assert (result.log.open, result.log.left) == (0, 0)
    started = ~np.isnan(result.log.started)
    assert (result.log.started >= result.log.sent)[started].all()
    assert (result.log.ended >= result.log.started)[started].all()


def test_a_seed_gives_the_same_run_again() -> None:
    scenario = Scenario("pool", 2000, 20, 3, duplicates=0.3, seed=7)
    assert simulate(scenario).as_json() == simulate(scenario).as_json()
    assert simulate(scenario).as_json() != simulate(replace(scenario, seed=8)).as_json()


def test_the_settings_are_the_templates_defaults() -> None:
    defaults = {name: parameter["Default"] for name, parameter in source()["Parameters"].items() if name in PARAMETERS}
    assert defaults.keys() == PARAMETERS.keys()
    ours = {name: getattr(SimulationSettings(), field) for name, field in PARAMETERS.items()}
    assert {name: float(value) for name, value in defaults.items()} == ours


def test_the_retries_of_a_launch_are_the_workflows() -> None:
    (retrier,) = (
        retrier
        for retrier in workflow("statemachine/screenshot.asl.json")["States"]["RenderOnTask"]["Retry"]
        if "ECS.AmazonECSException" in retrier["ErrorEquals"]
    )
    assert retrier["MaxAttempts"] == simulated_tasks.MAXIMUM_ATTEMPTS
    assert retrier["IntervalSeconds"] == simulated_tasks.INTERVAL_SECONDS
    assert retrier["BackoffRate"] == simulated_tasks.BACKOFF_RATE
    assert retrier["MaxDelaySeconds"] == simulated_tasks.MAXIMUM_DELAY_SECONDS
