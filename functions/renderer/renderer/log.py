"""Structured logs: one JSON object a line, never with a token, a header, a cookie or a page's full address."""

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
        """Returns the same log with this job's id and claim in each line; the claim is the name of the execution."""
        return Log(self._stream, **(self._context | {"id": job.id, "execution": job.claim, "claim": job.claim}))

    def write(self, event: str, **fields: Any) -> None:
        """Writes one line; `fields` must be plain JSON values."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": now, "event": event, **self._context, **fields}
        print(json.dumps(line), file=self._stream, flush=True)
