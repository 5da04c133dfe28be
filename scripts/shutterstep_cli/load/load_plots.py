"""The plots of a load test's report."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from shutterstep_cli.load.figures import PARTS, Figures, durations
from shutterstep_cli.load.records import Record
from shutterstep_cli.plotting import COLOURS, thinned

OUTCOME_COLOURS = {"rendered": "green", "skipped": "blue", "failed": "red"}
Curve = list[tuple[float, int]]


def curves(records: Sequence[Record]) -> dict[str, list[float]]:
    """Returns when messages were sent, started and finished, in seconds after the first send, sorted."""
    origin = min(record.sent_at for record in records)
    moments = {"sent": "sent_at", "started": "started_at", "finished": "finished_at"}
    return {name: [value - origin for value in durations(records, field)] for name, field in moments.items()}


def flow(figures: Figures, axis: Any) -> None:
    """Draws messages sent, started and finished over time; the distances show what waits and what runs."""
    colours = {"sent": "grey", "started": "blue", "finished": "green"}
    for name, times in curves(figures.records).items():
        points = thinned([(0.0, 0), *((at, number + 1) for number, at in enumerate(times))])
        axis.step(*zip(*points, strict=True), where="post", label=name, color=COLOURS[colours[name]])
    axis.set(title="Messages over time", xlabel="seconds after the first send", ylabel="messages")
    axis.legend()


def under_way(figures: Figures, axis: Any) -> None:
    """Draws how many messages waited in the queue, and how many executions ran, at each moment."""
    # A dead letter never becomes an execution, and the time at which it left the queue is not known.
    times = curves([record for record in figures.records if record.outcome != "dead_letter"] or figures.records)
    end = max(max(values, default=0.0) for values in times.values())
    moments = [end * step / 400 for step in range(401)]
    counts = {name: [bisect_right(values, at) for at in moments] for name, values in times.items()}
    queued = [a - b for a, b in zip(counts["sent"], counts["started"], strict=True)]
    running = [a - b for a, b in zip(counts["started"], counts["finished"], strict=True)]
    colours = [COLOURS["blue"], COLOURS["orange"]]
    axis.stackplot(moments, running, queued, labels=["executions running", "in the request queue"], colors=colours)
    axis.set(title="Under way", xlabel="seconds after the first send", ylabel="messages")
    axis.legend()


def latency(figures: Figures, axis: Any) -> None:
    """Draws the seconds from send to finish, over the time of sending."""
    origin = min(record.sent_at for record in figures.records)
    for outcome, colour in OUTCOME_COLOURS.items():
        found = [(record.sent_at - origin, record.total_s) for record in thinned(figures.of(outcome))]
        if points := [point for point in found if point[1] is not None]:
            axis.scatter(*zip(*points, strict=True), s=9, alpha=0.6, label=outcome, color=COLOURS[colour])
    axis.set(title="From send to finish", xlabel="time of sending, seconds after the first send", ylabel="seconds")
    axis.set_ylim(bottom=0)
    if axis.get_legend_handles_labels()[0]:
        axis.legend()


def split(figures: Figures, axis: Any) -> None:
    """Draws where the time of each rendered message went, the fastest first."""
    known = [record for record in figures.of("rendered") if record.total_s is not None]
    known = thinned(sorted(known, key=lambda record: record.total_s or 0))
    parts = [name for name in PARTS if name != "total"]
    heights = [[getattr(record, PARTS[part]) or 0 for record in known] for part in parts]
    shares = [100 * (place + 1) / len(known) for place in range(len(known))]
    if known:
        colours = [COLOURS["orange"], COLOURS["blue"], COLOURS["green"]]
        axis.stackplot(shares, *heights, labels=parts, colors=colours, step="pre")
        axis.legend(loc="upper left")
    axis.set(title="Where the time went", xlabel="rendered messages, fastest first (%)", ylabel="seconds")


def all_plots(figures: Figures) -> list[Any]:
    """Returns every panel; each draws itself on a matplotlib axis."""
    return [lambda axis, draw=draw: draw(figures, axis) for draw in (flow, under_way, latency, split)]
