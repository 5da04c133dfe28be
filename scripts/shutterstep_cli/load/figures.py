"""The figures of a load test, computed from its records and the evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from shutterstep_cli.load.evidence import Evidence
from shutterstep_cli.load.records import ENDED, Record

PERCENTILES = (50, 95, 99)
PARTS = {"total": "total_s", "queue": "queue_s", "workflow": "workflow_s", "render": "render_s"}


@dataclass(frozen=True)
class Figures:
    """Everything in the report; `as_json` returns the stable fields."""

    records: Sequence[Record]
    evidence: Evidence
    extra_executions: int
    killed_workers: int = 0

    @property
    def rendered_twice(self) -> dict[str, list[str]]:
        """Returns the ids with more than one commit, and the executions that committed."""
        return {id_: sorted(names) for id_, names in self.evidence.commits().items() if len(names) > 1}

    def of(self, *outcomes: str) -> list[Record]:
        """Returns the records with these outcomes."""
        return [record for record in self.records if record.outcome in outcomes]

    @property
    def seconds(self) -> float:
        """Returns the seconds from the first send to the last finish."""
        finished = [record.finished_at for record in self.records if record.finished_at is not None]
        return max(finished) - min(record.sent_at for record in self.records) if finished else 0.0

    @property
    def passed(self) -> bool:
        """Whether everything was sent, and nothing was lost, rendered twice or left unfinished."""
        return not (self.of("lost", "unfinished", "unsent") or self.rendered_twice)

    def as_json(self) -> dict[str, Any]:
        """Returns one flat object of plain numbers; durations are in seconds."""
        executions = Counter(record.id for record in self.records if record.started_at is not None)
        ids = len(executions) or 1
        rendered, seconds = self.of("rendered"), self.seconds or 1
        return {
            "sent": len(self.records) - len(self.of("unsent")),
            "distinct_ids": len({record.id for record in self.records}),
            "executions": len(self.evidence.executions),
            "executions_per_id": round(sum(executions.values()) / ids, 3),
            "executions_per_id_max": max(executions.values(), default=0),
            "executions_extra": self.extra_executions,
            "rendered": len(rendered),
            "skipped": _counted(self.of("skipped")),
            "failed": _counted(self.of("failed")),
            "dead_letters": _counted(self.of("dead_letter")),
            "unfinished": len(self.of("unfinished")),
            "unsent": len(self.of("unsent")),
            "lost": len(self.of("lost")),
            "rendered_twice": len(self.rendered_twice),
            "renders_uncommitted": len(self.evidence.uncommitted()),
            "workers_killed": self.killed_workers,
            "seconds": round(self.seconds, 3),
            "per_second": round(len(self.of(*ENDED)) / seconds, 3),
            "rendered_per_second": round(len(rendered) / seconds, 3),
            **_flat(rendered or self.of(*ENDED)),
        }


def _counted(records: Iterable[Record]) -> dict[str, int]:
    return dict(Counter(record.detail or "unknown" for record in records).most_common())


def _flat(records: Sequence[Record]) -> dict[str, float | None]:
    """Returns p50_s … max_s of the whole duration, and the same for each part, for example queue_p50_s."""
    flat: dict[str, float | None] = {}
    for part, attribute in PARTS.items():
        values = durations(records, attribute)
        for name, value in summary(values).items():
            flat[name if part == "total" else f"{part}_{name}"] = value
    return flat


def durations(records: Iterable[Record], attribute: str) -> list[float]:
    """Returns the known durations, sorted."""
    return sorted(value for record in records if (value := getattr(record, attribute)) is not None)


def summary(values: Sequence[float]) -> dict[str, float | None]:
    """Returns p50_s, p95_s, p99_s and max_s of sorted values; None without values."""
    named = {f"p{share}_s": percentile(values, share) for share in PERCENTILES}
    named["max_s"] = values[-1] if values else None
    return {name: None if value is None else round(value, 3) for name, value in named.items()}


def percentile(values: Sequence[float], share: float) -> float | None:
    """Returns the percentile by nearest rank: the smallest sorted value that at least `share` percent do not exceed."""
    return values[max(0, ceil(len(values) * share / 100) - 1)] if values else None
