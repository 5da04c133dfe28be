"""The plots of a simulation: backlog, renderers, and latency."""

from typing import Any

import numpy as np

from shutterstep_cli.capacity.recorder import OUTCOMES, RENDERED
from shutterstep_cli.capacity.simulation import Result
from shutterstep_cli.plotting import COLOURS, thinned, whole_numbers

OUTCOME_COLOURS = {"rendered": "green", "skipped": "blue", "failed": "red", "dead_letter": "grey"}


def _unit(seconds: float) -> tuple[float, str]:
    if seconds > 3 * 3600:
        return 3600, "hours"
    return (60, "minutes") if seconds > 300 else (1, "seconds")


def backlog(result: Result, axis: Any) -> None:
    """Draws how many messages wait in the two queues, and how many executions are open."""
    divisor, unit = _unit(result.log.samples[-1]["at"])
    labels = {"in_queue": "in RequestQueue", "in_render_queue": "in RenderQueue", "open": "open executions"}
    for (name, label), colour in zip(labels.items(), ("grey", "orange", "blue"), strict=True):
        times, values = result.log.series(name)
        axis.plot([at / divisor for at in times], values, label=label, color=COLOURS[colour])
    axis.set(title="Backlog", xlabel=unit, ylabel="messages")
    whole_numbers(axis)
    axis.set_ylim(bottom=0)
    axis.legend()


def renderers(result: Result, axis: Any) -> None:
    """Draws the workers of the pool, or the running tasks."""
    divisor, unit = _unit(result.log.samples[-1]["at"])
    times, values = result.log.series("renderers")
    axis.step([at / divisor for at in times], values, where="post", color=COLOURS["green"])
    axis.set(title="Workers" if result.scenario.mode == "pool" else "Tasks running", xlabel=unit, ylabel="tasks")
    whole_numbers(axis)
    axis.set_ylim(bottom=0)


def latency(result: Result, axis: Any) -> None:
    """Draws the seconds from send to finish over the time of the finish: 50th and 95th percentile of each interval."""
    log = result.log
    chosen = np.flatnonzero(log.outcome == RENDERED)
    axis.set(title="From send to picture", ylabel="seconds")
    if not len(chosen):
        return
    order = chosen[np.argsort(log.ended[chosen])]
    slices = np.array_split(order, min(120, max(1, len(order) // 20)))
    divisor, unit = _unit(log.samples[-1]["at"])
    at = [float(log.ended[part].mean()) / divisor for part in slices]
    for share, colour in ((95, "orange"), (50, "blue")):
        values = [float(np.percentile(log.ended[part] - log.sent[part], share)) for part in slices]
        axis.plot(at, values, label=f"p{share}", color=COLOURS[colour])
    axis.set(xlabel=f"finished, {unit}")
    axis.set_ylim(bottom=0)
    axis.legend()


def outcomes(result: Result, axis: Any) -> None:
    """Draws how many messages had ended, and how, over time."""
    log = result.log
    divisor, unit = _unit(log.samples[-1]["at"])
    for number, name in enumerate(OUTCOMES):
        ended = np.sort(log.ended[log.outcome == number])
        if len(ended) and name in OUTCOME_COLOURS:
            points = thinned(list(zip(ended / divisor, range(1, len(ended) + 1), strict=True)))
            axis.plot(*zip(*points, strict=True), label=name.replace("_", " "), color=COLOURS[OUTCOME_COLOURS[name]])
    axis.set(title="Ended", xlabel=unit, ylabel="messages")
    whole_numbers(axis)
    axis.legend()


def all_plots(result: Result) -> list[Any]:
    """Returns every panel; each draws itself on a matplotlib axis."""
    return [lambda axis, draw=draw: draw(result, axis) for draw in (backlog, renderers, latency, outcomes)]
