"""Structured logs: one JSON object a line. Never a token, a header, a cookie or a full address of a page."""

import json
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from renderer.jobs.job import Job


class Log:
    """Writes events with the id, execution and claim of the job they belong to."""

    def __init__(self, stream: TextIO | None = None, **context: Any) -> None:
        self._stream = stream or sys.stdout
        self._context = {name: value for name, value in context.items() if value is not None}

    def about(self, job: Job) -> "Log":
        """The same log, each line naming this job's id and claim where it has them; a claim is its execution's name."""
        return Log(self._stream, **(self._context | {"id": job.id, "execution": job.claim, "claim": job.claim}))

    def write(self, event: str, **fields: Any) -> None:
        """Writes one line; `fields` must be plain JSON values."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "event": event, **self._context, **fields}
        print(json.dumps(line), file=self._stream, flush=True)
