"""What both modes do with a job: render it, store the picture, and report to the workflow how it ended."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renderer.jobs.delivery import Storage, TokenGoneError, Workflow
from renderer.jobs.heartbeat import with_heartbeats
from renderer.jobs.job import Job, TokenMissingError, parse_job
from renderer.log import Log
from renderer.page.render import Picture
from shutterstep.errors import RenderError
from shutterstep.request import Request, validate

# The number of innermost stack frames to report for an unexpected error. Chosen, not measured.
PLACES = 5
Outcome = dict[str, Any] | RenderError


@dataclass(frozen=True)
class JobRunner:
    """How jobs are done here: `render` makes the picture of a valid request, `storage` stores it."""

    render: Callable[[Request], Awaitable[Picture]]
    storage: Storage
    beat_seconds: float

    async def outcome(
        self,
        text: str,
        beat: Callable[[], None],
        log: Log,
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> Outcome:
        """Returns the result fields of the item, or the error to report; calls `beat` while it runs.

        `turn` is entered before anything is rendered, and may wait. Raises TokenGoneError when nobody waits for the
        job, and CancelledError when it was cancelled.
        """
        try:
            job = parse_job(text)
            log.write("render_started")
            work = self._do(job, turn or nullcontext())
            return await with_heartbeats(work, beat, self.beat_seconds, log)
        except RenderError as exc:
            return exc
        except TokenGoneError:
            raise
        except Exception as exc:  # noqa: BLE001 (a boundary: an unknown error must still end the execution's wait)
            # Without the error's text, which may repeat an address, a header or a token.
            places = [f"{Path(step.filename).name}:{step.lineno}" for step in traceback.extract_tb(exc.__traceback__)]
            log.write("unexpected_error", kind=type(exc).__name__, where=places[-PLACES:])
            return RenderError(f"the renderer failed: {type(exc).__name__}")

    async def _do(self, job: Job, turn: AbstractAsyncContextManager[None]) -> dict[str, Any]:
        async with turn:
            request = job.request
            if job.request_reference is not None:
                request = await asyncio.to_thread(self.storage.read_request, job.request_reference)
            # An invalid request is refused before a page is opened for it.
            picture = await self.render(validate(request))
            return await asyncio.to_thread(self.storage.write_picture, picture, job.output)


def log_about(text: str, log: Log) -> Log:
    """Returns a log whose lines name the job's id and claim, as far as the job can be read."""
    try:
        return log.about(parse_job(text))
    except (RenderError, TokenMissingError):
        return log


async def report(outcome: Outcome, workflow: Workflow, log: Log) -> None:
    """Reports the outcome. Raises TokenGoneError, and botocore's errors when the workflow cannot be reached."""
    if isinstance(outcome, RenderError):
        log.write("render_failed", code=outcome.code, message=outcome.message)
        await asyncio.to_thread(workflow.fail, outcome)
        return
    await asyncio.to_thread(workflow.succeed, outcome)
    log.write("render_succeeded", **{name: outcome[name] for name in ("bytes", "width", "height", "render_ms")})
