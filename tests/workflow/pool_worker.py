"""The renderer's own pool worker on the emulator's queue, table and bucket; only the browser is faked."""

import asyncio
import io
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from renderer.jobs.delivery import Storage, Workflow
from renderer.jobs.held_jobs import HeldJobs
from renderer.jobs.job_runner import JobRunner
from renderer.jobs.pool_worker import Worker
from renderer.jobs.render_queue import RenderQueue
from renderer.log import Log
from renderer.page.render import Picture
from renderer.settings import read_pool_settings
from shutterstep.errors import BrowserCrashedError, DnsFailureError
from shutterstep_cli.stack.target import Target

ENVIRONMENT = {"POOL_VISIBILITY_SECONDS": "6", "POOL_CONCURRENCY": "2", "POOL_MAX_RECEIVES": "3"}

# The tasks of workers that died.
DEAD: list[set[asyncio.Task[Any]]] = []


class PoolWorker:
    """A worker in a thread of its own; a request's path says what its page does. `gate` lets `/held` pages through.

    `hidden` has the seconds of each call that hid a job again, or made it visible.
    """

    def __init__(
        self,
        target: Target,
        grace_seconds: float = 30,
        task: str = "a-task",
        visibility_seconds: int = 6,
        beat_seconds: float = 2,
        heartbeat: Callable[[], None] | None = None,
        worked_file: Path | None = None,
    ) -> None:
        settings = read_pool_settings({**ENVIRONMENT, "RENDER_QUEUE_URL": target.outputs["RenderQueueUrl"]})
        assert settings is not None
        settings = replace(
            settings,
            grace_seconds=grace_seconds,
            visibility_seconds=visibility_seconds,
            beat_seconds=beat_seconds,
            worked_file=worked_file,
        )
        self.gate = threading.Event()
        self.hidden: list[int] = []
        self.started: Counter[str] = Counter()
        self.log = io.StringIO()
        sfn = target.client("stepfunctions")
        work = JobRunner(self._render, Storage(target.client("s3")), settings.beat_seconds)
        sqs = target.client("sqs")
        sqs.meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", self._note_hidden)
        queue = RenderQueue(sqs, settings, wait_seconds=1)
        held = HeldJobs(target.client("dynamodb"), target.outputs["PoolTableName"], task)
        self._worker = Worker(
            settings, queue, work, lambda token: _workflow(sfn, token, heartbeat), Log(self.log), held
        )
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "PoolWorker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _note_hidden(self, params: dict[str, Any], **_: object) -> None:
        self.hidden.append(params["VisibilityTimeout"])

    def tell_to_stop(self) -> None:
        """What SIGTERM does."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)

    def die(self) -> None:
        """What SIGKILL does: nothing goes on, nobody is told."""
        # Kept, since Python runs the `finally` of a forgotten coroutine: a dead worker would go on in another's thread.
        DEAD.append(asyncio.all_tasks(self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        DEAD.append(asyncio.all_tasks(self._loop))

    def stop(self) -> None:
        """Tell it, and wait until it has let go."""
        self.tell_to_stop()
        self._thread.join(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with suppress(RuntimeError):  # it was stopped before the worker had let go
            self._loop.run_until_complete(self._worker.run(self._stopping))

    async def _render(self, request: Any) -> Picture:
        url = request["url"]
        self.started[url] += 1
        path = url.rpartition("/")[2]
        if path == "held":
            while not self.gate.is_set():
                await asyncio.sleep(0.02)
        if path == "missing":
            raise DnsFailureError("the fake says so")
        if path == "crashes-once" and self.started[url] == 1:
            raise BrowserCrashedError("the fake says so")
        body = f"picture {self.started.total()} of {id(self)}".encode()
        return Picture(body, "image/png", 4, 3, url, 200, "", 1)


def _workflow(sfn: Any, token: str, heartbeat: Callable[[], None] | None) -> Workflow:
    workflow = Workflow(sfn, token)
    if heartbeat is not None:
        workflow.heartbeat = heartbeat
    return workflow
