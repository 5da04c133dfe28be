"""A worker of the pool: takes jobs from RenderQueue, renders several at once, and lets go cleanly when told to stop."""

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from renderer.jobs.delivery import TokenGoneError, Workflow
from renderer.jobs.job import TokenMissingError, read_token, with_key_of_its_own
from renderer.jobs.job_runner import JobRunner, Outcome, log_about, report
from renderer.jobs.render_queue import Delivery, RenderQueue
from renderer.log import Log
from renderer.settings import PoolSettings
from shutterstep.errors import ReceivedTooOftenError

# Seconds between two tries to reach a queue that does not answer: the first wait doubles up to the last.
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 1, 30
# The first beat and then every sixth asks whether the workflow still waits, which is all that it is for here: the state
# has no heartbeat limit, and Step Functions takes 300 to 500 beats a second of a whole account. The queue needs each.
BEATS_A_QUESTION = 6
# Calls that one job may make at the same time (heartbeat, storage, answer), and those of the poll.
THREADS_OF_A_JOB, THREADS_OF_THE_POLL = 3, 2


class Worker:
    """Up to `concurrency` jobs at once, each taken when there is a free place for it: none waits behind another.

    A job is deleted when the workflow has its answer or no longer waits for one. All else leaves it in the queue, from
    which it goes to another worker: a dead worker needs nobody to notice.
    """

    def __init__(
        self,
        settings: PoolSettings,
        queue: RenderQueue,
        work: JobRunner,
        workflow_of: Callable[[str], Workflow],
        log: Log,
    ) -> None:
        self._settings, self._queue, self._work = settings, queue, work
        self._workflow_of, self._log = workflow_of, log
        self._jobs: set[asyncio.Task[None]] = set()
        self._pause = FIRST_PAUSE_SECONDS

    async def run(self, stopping: asyncio.Event) -> None:
        """Take jobs until `stopping` is set; then finish those in work, or give them back when the time is up."""
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
        """Waits for a free place; False when told to stop."""
        while len(self._jobs) >= self._settings.concurrency and not stop.done():
            await asyncio.wait({stop, *self._jobs}, return_when=asyncio.FIRST_COMPLETED)
        return not stop.done()

    async def _take(self, stop: "asyncio.Task[Any]") -> None:
        try:
            deliveries = await self._queue.receive(self._settings.concurrency - len(self._jobs))
        except (ClientError, BotoCoreError) as exc:
            self._log.write("receive_failed", reason=type(exc).__name__, message=str(exc)[:300])
            await asyncio.wait({stop}, timeout=self._pause)
            self._pause = min(self._pause * 2, LAST_PAUSE_SECONDS)
            return
        self._pause = FIRST_PAUSE_SECONDS
        for delivery in deliveries:
            if stop.done():
                await self._give_back(delivery, self._log)
            else:
                job = asyncio.create_task(self._handle(delivery))
                self._jobs.add(job)
                job.add_done_callback(self._jobs.discard)

    async def _finish(self) -> None:
        if self._jobs:
            self._log.write("worker_stopping", jobs=len(self._jobs))
            _, late = await asyncio.wait(self._jobs, timeout=self._settings.grace_seconds)
            for job in late:
                job.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _handle(self, delivery: Delivery) -> None:
        """One job to its end; whatever happens to it concerns no other."""
        log = log_about(delivery.body, self._log)
        try:
            await self._answer(delivery, log)
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
        if delivery.receives > self._settings.max_receives:
            return ReceivedTooOftenError(
                f"the job was taken {self._settings.max_receives} times and never answered: its workers died with it"
            )

        beats = itertools.count()

        def beat() -> None:
            if next(beats) % BEATS_A_QUESTION == 0:
                workflow.heartbeat()
            self._queue.extend(delivery)

        return await self._work.outcome(with_key_of_its_own(delivery.body), beat, log)

    async def _give_back(self, delivery: Delivery, log: Log) -> None:
        await self._call(self._queue.give_back, delivery, log)
        log.write("job_given_back", receives=delivery.receives)

    async def _call(self, call: Callable[[Delivery], None], delivery: Delivery, log: Log) -> None:
        """Tell the queue; when it cannot be told, the job comes again and is dropped by its token."""
        try:
            await asyncio.to_thread(call, delivery)
        except (ClientError, BotoCoreError) as exc:
            log.write("queue_not_told", call=call.__name__, reason=type(exc).__name__)
