"""Compares the simulation with a load test, after calibrating it with another one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from shutterstep_cli.capacity.recorder import RENDERED
from shutterstep_cli.capacity.scenario import Scenario, SimulationSettings, Times
from shutterstep_cli.capacity.simulation import Result, Trace, simulate
from shutterstep_cli.plotting import COLOURS, thinned

Records = Sequence[dict[str, Any]]


class RecordsError(ValueError):
    """The file does not contain records of a load test that can be compared."""


@dataclass(frozen=True)
class Comparison:
    """`curve_error` is the mean distance of the two finish curves, as a share of the messages; other errors are
    relative.
    """

    measured: dict[str, float]
    simulated: dict[str, float]
    curve_error: float
    result: Result
    finished: np.ndarray

    @property
    def errors(self) -> dict[str, float]:
        """Returns (simulated - measured) / measured, by figure."""
        return {name: round(self.simulated[name] / value - 1, 3) for name, value in self.measured.items() if value}

    def as_json(self) -> dict[str, Any]:
        """Returns the figures as plain numbers."""
        named = {"measured": self.measured, "simulated": self.simulated, "errors": self.errors}
        return {**named, "curve_error": round(self.curve_error, 4)}


def read_records(path: Path) -> Records:
    """Returns the records that became executions, in the order of sending. Raises RecordsError."""
    try:
        found = json.loads(path.read_text("utf-8"))["records"]
        started = [record for record in found if record["started_at"] and record["finished_at"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordsError(f"{path} does not hold the records of a load test: {error}") from error
    if not any(record["outcome"] == "rendered" for record in started):
        raise RecordsError(f"{path}: no message of this load test was rendered")
    return sorted(started, key=lambda record: record["sent_at"])


def calibrated(records: Records, workers: int, slots: int, cores: int) -> Scenario:
    """Returns the times of a pool on `cores` cores that is as fast as the measured one under full load."""
    rendered = [record for record in records if record["outcome"] == "rendered"]
    first = min(record["started_at"] for record in rendered)
    busy = max(record["finished_at"] for record in rendered) - first
    seconds = busy * min(cores, workers * slots) / len(rendered)
    starts = sorted(record["started_at"] for record in records)
    starter = (starts[-1] - starts[0]) / max(1, len(starts) - 1)
    times = Times(starter=starter, invocation=0, state=0.01, answer=0, patience=60)
    settings = SimulationSettings(
        maximum_concurrency=1,
        pool_minimum=workers,
        pool_maximum=workers,
        pool_concurrency=slots,
        auto_scaling=False,
        pool_timeout=86280,
        execution_timeout=86400,
    )
    renders = np.array([record["render_s"] for record in rendered if record["render_s"]])
    variation = float(renders.std() / renders.mean()) if len(renders) else 0.0
    limits = replace(Scenario("pool", 1, None, 1).quotas, vcpus=workers)
    return Scenario(
        "pool", 1, None, seconds, render_variation=variation, cores=cores, settings=settings, times=times, quotas=limits
    )


def compare(scenario: Scenario, records: Records) -> Comparison:
    """Simulates the load that was sent, and compares the result with the measured one."""
    origin = records[0]["sent_at"]
    sent = np.array([record["sent_at"] - origin for record in records])
    skips = np.array([record["outcome"] == "skipped" for record in records])
    result = simulate(replace(scenario, messages=len(records)), trace=Trace(sent, skips))
    rendered = ~skips
    finished = np.array([record["finished_at"] - origin for record in records])[rendered]
    simulated = result.log.ended[result.log.outcome == RENDERED]
    latencies = finished - sent[rendered]
    return Comparison(
        measured=_figures(latencies, finished),
        simulated=_figures(result.log.latencies(), simulated),
        curve_error=curve_error(finished, simulated),
        result=result,
        finished=np.sort(finished),
    )


def _figures(latencies: np.ndarray, finished: np.ndarray) -> dict[str, float]:
    named = {f"p{share}_s": round(float(np.percentile(latencies, share)), 3) for share in (50, 95, 99)}
    return {**named, "seconds": round(float(finished.max()), 3)}


def curve_error(measured: np.ndarray, simulated: np.ndarray) -> float:
    """Returns the mean, over time, of the distance between two cumulative curves, each from 0 to 1."""
    end = max(measured.max(), simulated.max())
    moments = np.linspace(0, end, 1000)
    shares = [np.searchsorted(np.sort(times), moments, side="right") / len(times) for times in (measured, simulated)]
    return float(np.abs(shares[0] - shares[1]).mean())


def plot(comparison: Comparison) -> list[Any]:
    """Draws both finish curves, and both distributions of latency."""
    log = comparison.result.log

    def finished(axis: Any) -> None:
        axis.plot(*_curve(log.sent), label="sent", color=COLOURS["grey"])
        axis.plot(*_curve(comparison.finished), label="finished, measured", color=COLOURS["green"])
        simulated = np.sort(log.ended[log.outcome == RENDERED])
        axis.plot(*_curve(simulated), "--", label="finished, simulated", color=COLOURS["orange"])
        axis.set(title="Messages over time", xlabel="seconds", ylabel="messages")
        axis.legend()

    return [finished]


def _curve(times: np.ndarray) -> tuple[Any, Any]:
    points = thinned(list(zip(times.tolist(), range(1, len(times) + 1), strict=True)))
    return tuple(zip(*points, strict=True))  # type: ignore[return-value]
