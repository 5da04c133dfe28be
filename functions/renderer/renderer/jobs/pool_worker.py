"""A pool worker: takes jobs from RenderQueue, renders several at once, and stops cleanly when told to."""

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from renderer.jobs.delivery import TokenGoneError, Workflow
from renderer.jobs.heartbeat import with_heartbeats
from renderer.jobs.held_jobs import HeldJobs
from renderer.jobs.job import TokenMissingError, read_token, with_key_of_its_own
from renderer.jobs.job_runner import JobRunner, Outcome, log_about, report
from renderer.jobs.render_queue import Delivery, RenderQueue
from renderer.jobs.turns import Turns
from renderer.log import Log
from renderer.settings import PoolSettings
from shutterstep.errors import ReceivedTooOftenError

# Seconds between attempts to reach a queue that does not answer: from the first wait, doubled up to the last.
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 1, 30
# Every sixth heartbeat, starting with the first, asks whether the workflow still waits; that is its only purpose here,
# because the state has no heartbeat limit, and Step Functions accepts only 300 to 500 heartbeats a second from an
# account. The queue needs every one.
BEATS_A_QUESTION = 6
# The connections: calls that one job may make at the same time (extension, heartbeat, storage, answer), and the poll.
THREADS_OF_A_JOB, THREADS_OF_THE_POLL = 4, 2


class Worker:
    """Renders up to `concurrency` jobs at once and takes a job only when there is a free place, so that none waits
    here.

    A job is deleted when the workflow has its answer or no longer waits for one. Otherwise it stays in the queue for
    another worker: at once if the worker's end is noticed, because `held` lists its jobs, else when its visibility
    timeout ends.

    A job that comes a second time may have killed its worker, or was rendered beside one that did, so it is rendered
    alone. It fails when `max_receives` workers died with it alone. Without `held` each delivery counts.
    """

    def __init__(
        self,
        settings: PoolSettings,
        queue: RenderQueue,
        work: JobRunner,
        workflow_of: Callable[[str], Workflow],
        log: Log,
        held: HeldJobs | None = None,
    ) -> None:
        self._settings, self._queue, self._work = settings, queue, work
        self._workflow_of, self._log, self._held = workflow_of, log, held
        self._jobs: dict[asyncio.Task[None], Delivery] = {}
        self._turns = Turns()
        self._pause = FIRST_PAUSE_SECONDS

    async def run(self, stopping: asyncio.Event) -> None:
        """Takes jobs until `stopping` is set; then finishes current jobs, or gives them back when the time is up."""
        threads = self._settings.concurrency * THREADS_OF_A_JOB + THREADS_OF_THE_POLL
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
        stop = asyncio.create_task(stopping.wait())
        self._log.write("worker_started", concurrency=self._settings.concurrency)
        try:
            while await self._has_room(stop):
                await self._take(stop)
        finally:
            stop.cancel()
            await self._finish()
            self._log.write("worker_stopped")

    async def _has_room(self, stop: "asyncio.Task[Any]") -> bool:
        """Waits for a free place; returns False when told to stop. There is none beside a job that must be alone."""
        while self._is_full() and not stop.done():
            await asyncio.wait({stop, *self._jobs}, return_when=asyncio.FIRST_COMPLETED)
        return not stop.done()

    def _is_full(self) -> bool:
        return len(self._jobs) >= self._settings.concurrency or any(map(_came_before, self._jobs.values()))

    async def _take(self, stop: "asyncio.Task[Any]") -> None:
        try:
            deliveries = await self._queue.receive(self._settings.concurrency - len(self._jobs))
        except (ClientError, BotoCoreError) as exc:
            self._log.write("receive_failed", reason=type(exc).__name__, message=str(exc)[:300])
            await asyncio.wait({stop}, timeout=self._pause)
            self._pause = min(self._pause * 2, LAST_PAUSE_SECONDS)
            return
        self._pause = FIRST_PAUSE_SECONDS
        self._show_work()
        if deliveries:
            await self._hold(deliveries)
        for delivery in deliveries:
            if stop.done():
                await self._give_back(delivery, self._log)
            else:
                job = asyncio.create_task(self._handle(delivery))
                self._jobs[job] = delivery
                job.add_done_callback(self._jobs.pop)
                job.add_done_callback(lambda _job: self._show_work())

    def _show_work(self) -> None:
        """Notes that the queue answered or a job ended; the container's health check reads this."""
        if self._settings.worked_file is not None:
            # If the file cannot be written, it grows old and the worker is replaced, which is intended.
            with suppress(OSError):
                self._settings.worked_file.touch()

    async def _hold(self, deliveries: list[Delivery]) -> None:
        """Notes the held jobs before anything can kill this worker. Others come back after their visibility timeout."""
        if self._held is None:
            return
        try:
            receipts = [delivery.receipt for delivery in [*self._jobs.values(), *deliveries]]
            await asyncio.to_thread(self._held.hold, receipts)
        except (ClientError, BotoCoreError) as exc:
            self._log.write("jobs_not_noted", reason=type(exc).__name__)

    async def _finish(self) -> None:
        if self._jobs:
            self._log.write("worker_stopping", jobs=len(self._jobs))
            _, late = await asyncio.wait(self._jobs, timeout=self._settings.grace_seconds)
            for job in late:
                job.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _handle(self, delivery: Delivery) -> None:
        """Runs one job to its end; nothing that happens to it affects another."""
        log = log_about(delivery.body, self._log)
        try:
            # Separate from the workflow's heartbeat: an error there must not let another worker take the job.
            extend = partial(self._queue.extend, delivery)
            await with_heartbeats(self._answer(delivery, log), extend, self._settings.beat_seconds, log)
        except TokenMissingError as exc:
            log.write("job_refused", message=str(exc))
        except TokenGoneError as exc:
            log.write("render_abandoned", reason=str(exc))
        except (ClientError, BotoCoreError) as exc:
            # It was not answered: the message stays hidden for its visibility timeout, then comes again.
            log.write("report_failed", reason=type(exc).__name__)
            return
        except asyncio.CancelledError:
            await self._give_back(delivery, log)
            return
        await self._call(self._queue.delete, delivery, log)

    async def _answer(self, delivery: Delivery, log: Log) -> None:
        workflow = self._workflow_of(read_token(delivery.body))
        await report(await self._outcome(delivery, workflow, log), workflow, log)

    async def _outcome(self, delivery: Delivery, workflow: Workflow, log: Log) -> Outcome:
        beats = itertools.count()

        def beat() -> None:
            if next(beats) % BEATS_A_QUESTION == 0:
                workflow.heartbeat()

        return await self._work.outcome(with_key_of_its_own(delivery.body), beat, log, self._turn(delivery, log))

    @asynccontextmanager
    async def _turn(self, delivery: Delivery, log: Log) -> AsyncIterator[None]:
        """While it is open the job may be rendered.

        Raises ReceivedTooOftenError when it may never be rendered again.
        """
        if not _came_before(delivery):
            async with self._turns.together():
                yield
            return
        job, most = _name_of(delivery), self._settings.max_receives
        async with self._turns.alone():
            tries = await self._begin_alone(job, delivery, log)
            try:
                if tries > most:
                    raise ReceivedTooOftenError(
                        f"{most} workers died while they rendered only this page, so it probably kills them"
                    )
                yield
            finally:
                await self._end_alone(job, log)

    async def _begin_alone(self, job: str, delivery: Delivery, log: Log) -> int:
        """Returns how many workers rendered the job alone without surviving it, including this one."""
        log.write("render_alone", receives=delivery.receives)
        if self._held is None:
            return delivery.receives
        try:
            return await asyncio.to_thread(self._held.begin_alone, job)
        except (ClientError, BotoCoreError) as exc:
            log.write("try_not_noted", reason=type(exc).__name__)
            return 1

    async def _end_alone(self, job: str, log: Log) -> None:
        if self._held is None:
            return
        try:
            await asyncio.to_thread(self._held.end_alone, job)
        except (ClientError, BotoCoreError) as exc:
            log.write("try_not_noted", reason=type(exc).__name__)

    async def _give_back(self, delivery: Delivery, log: Log) -> None:
        await self._call(self._queue.give_back, delivery, log)
        log.write("job_given_back", receives=delivery.receives)

    async def _call(self, call: Callable[[Delivery], None], delivery: Delivery, log: Log) -> None:
        """Tells the queue; if that fails, the job comes again and is dropped because of its token."""
        try:
            await asyncio.to_thread(call, delivery)
        except (ClientError, BotoCoreError) as exc:
            log.write("queue_not_told", call=call.__name__, reason=type(exc).__name__)


def _came_before(delivery: Delivery) -> bool:
    """Whether a worker had the job before: one that died, was told to stop, or lost its answer."""
    return delivery.receives > 1


def _name_of(delivery: Delivery) -> str:
    """Returns a name of the job that does not reveal its token."""
    return hashlib.sha256(read_token(delivery.body).encode()).hexdigest()[:32]
