"""The alarms on the series that CloudWatch has: a minute in which nothing happened, or nothing ran, has no value."""

from typing import Any

import pytest

from tests.unit.cloudformation import resources, source
from tests.unit.metric_math import Points, Reading, evaluated, readings

ALARMS = resources("AWS::CloudWatch::Alarm")
NOTHING: Points = [None] * 5


def rings(name: str, **series: Points) -> bool:
    """Whether the alarm is on at the last minute, which must not hang on what AWS's documentation leaves open."""
    (found,) = {_rings(name, reading, series) for reading in readings()}
    return found


def _rings(name: str, reading: Reading, series: dict[str, Points]) -> bool:
    """A minute without a value is not breaching."""
    alarm = ALARMS[name]
    (expression,) = [metric["Expression"] for metric in alarm["Metrics"] if metric.get("ReturnData")]
    last = evaluated(expression, reading, **series)[-alarm["EvaluationPeriods"] :]
    threshold = alarm["Threshold"] if isinstance(alarm["Threshold"], int) else default_of(alarm["Threshold"]["Ref"])
    strict = alarm["ComparisonOperator"] == "GreaterThanThreshold"
    breaching = [value for value in last if value is not None and (value > threshold if strict else value >= threshold)]
    return len(breaching) >= alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])


def default_of(parameter: str) -> int:
    return source()["Parameters"][parameter]["Default"]


def test_a_job_starts_the_first_worker_although_no_metric_tells_of_a_pool_without_workers() -> None:
    """Container Insights sends nothing for a service without a running task."""
    assert rings("PoolNeededAlarm", jobs=[None, 0, 1, 1, 1], wanted=NOTHING)


@pytest.mark.parametrize("wanted", [[4] * 5, [4, 4, 4, 4, None], [4, 4, None, None, None], [1, None, 1, None, None]])
def test_a_pool_at_work_does_not_grow_because_its_size_comes_late(wanted: list[Any]) -> None:
    assert not rings("PoolNeededAlarm", jobs=[9] * 5, wanted=wanted)


def test_no_worker_is_started_where_there_is_no_job() -> None:
    assert not rings("PoolNeededAlarm", jobs=NOTHING, wanted=NOTHING)
    assert not rings("PoolStillNeededAlarm", waiting=[0] * 5, received=[0] * 5, empty=[0] * 5)


@pytest.mark.parametrize(
    ("received", "empty", "needed"),
    [
        ([0] * 5, [0] * 5, True),
        (NOTHING, NOTHING, True),
        ([3] * 5, [0] * 5, False),
        ([0] * 5, [12] * 5, False),
        (NOTHING, [12] * 5, False),
    ],
)
def test_jobs_that_nobody_asks_for_start_the_first_worker(received: Points, empty: Points, needed: bool) -> None:
    assert rings("PoolStillNeededAlarm", waiting=[7] * 5, received=received, empty=empty) is needed


def test_the_alarm_of_the_first_worker_may_stay_on_until_it_runs_and_starts_no_second() -> None:
    step = resources("AWS::ApplicationAutoScaling::ScalingPolicy")["PoolFromZero"]["StepScalingPolicyConfiguration"]
    assert step["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    # Target tracking shrinks after 15 minutes at the soonest, so a first worker is never missed.
    assert step["Cooldown"] == 15 * 60


def test_a_pool_that_should_have_workers_and_tells_of_none_is_an_alarm() -> None:
    condition, kept, may_be_empty = ALARMS["PoolNotStartingAlarm"]["TreatMissingData"]["Fn::If"]
    assert (condition, kept, may_be_empty) == ("PoolKeepsOne", "breaching", "notBreaching")
    assert rings("PoolNotStartingAlarm", wanted=[5] * 15, running=[3] * 15)


SILENT = ["succeeded", "timed_out"]


@pytest.mark.parametrize("silent", [[], ["timed_out"], ["succeeded"], SILENT])
def test_failures_ring_also_where_nothing_else_happened(silent: list[str]) -> None:
    series = {"failed": [9, 9, 9], "timed_out": [0, 0, 0], "succeeded": [1, 1, 1]}
    assert rings("FailureRatioAlarm", **{name: [None] * 3 if name in silent else v for name, v in series.items()})


@pytest.mark.parametrize("name", ["ReleaseFailedAlarm", "SweepFailedAlarm"])
@pytest.mark.parametrize("ended", ["failed", "timed_out"])
def test_a_release_or_sweep_that_fails_or_runs_out_of_time_rings(name: str, ended: str) -> None:
    silent: dict[str, Points] = {"failed": [None] * 4, "timed_out": [None] * 4}
    assert rings(name, **{**silent, ended: [1] * 4})
    assert not rings(name, **silent)


@pytest.mark.parametrize(("received", "untaken"), [([0] * 10, True), ([None] * 10, True), ([1] * 10, False)])
def test_messages_that_nobody_receives_ring(received: Points, untaken: bool) -> None:
    assert rings("RequestsNotTakenAlarm", waiting=[1] * 10, received=received) is untaken


def test_the_pool_does_not_grow_or_shrink_by_a_count_of_workers_that_is_late() -> None:
    """Whatever is divided by no workers has no value, and target tracking changes nothing for it."""
    tracking = resources("AWS::ApplicationAutoScaling::ScalingPolicy")["PoolFollowsBacklog"]
    metrics = tracking["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]["Metrics"]
    (expression,) = [metric["Expression"] for metric in metrics if metric["ReturnData"]]
    for reading in readings():
        found = evaluated(expression, reading, waiting=[100, 100], at_work=[None, 20], workers=[4, None])
        assert found == [25, None]
