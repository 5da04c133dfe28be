"""Pool mode: runs a worker from its first job until SIGTERM."""

import asyncio
import json
import signal
import urllib.request
from collections.abc import Mapping

from renderer.browser.profile import remove_ownerless_profiles
from renderer.jobs.aws_clients import start_clients
from renderer.jobs.delivery import Storage, Workflow
from renderer.jobs.held_jobs import HeldJobs
from renderer.jobs.job_runner import JobRunner
from renderer.jobs.pool_worker import Worker
from renderer.jobs.render_queue import RenderQueue
from renderer.jobs.warm_browser import WarmBrowser
from renderer.log import Log
from renderer.settings import PoolSettings, read_egress_policy, read_limits
from shutterstep.errors import BrowserCrashedError

STOPPED = 0
NO_BROWSER = 1
METADATA_SECONDS = 5


async def run_worker(settings: PoolSettings, environment: Mapping[str, str], log: Log) -> int:
    """Takes jobs until SIGTERM. Returns the exit code, 1 when no browser starts."""
    policy, limits = read_egress_policy(environment), read_limits(environment)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    clients = start_clients("sqs", "stepfunctions", "s3", "dynamodb")
    sqs, sfn, s3 = clients["sqs"], clients["stepfunctions"], clients["s3"]
    left = await asyncio.to_thread(remove_ownerless_profiles)
    if left:
        log.write("browsers_removed", browsers=left, reason="the process that started them was killed")
    try:
        async with WarmBrowser(policy=policy, limits=limits) as browser:
            work = JobRunner(browser.render, Storage(s3), settings.beat_seconds)
            task = await asyncio.to_thread(own_task, environment, log)
            held = HeldJobs(clients["dynamodb"], settings.table_name, task) if settings.table_name else None
            queue = RenderQueue(sqs, settings)
            worker = Worker(settings, queue, work, lambda token: Workflow(sfn, token), log, held)
            await worker.run(stopping)
    except BrowserCrashedError as exc:
        log.write("no_browser", message=exc.message)
        return NO_BROWSER
    return STOPPED


def own_task(environment: Mapping[str, str], log: Log) -> str:
    """Returns the id of this process's ECS task, from TASK_ARN or the task metadata; empty if unknown."""
    arn = environment.get("TASK_ARN", "")
    metadata = environment.get("ECS_CONTAINER_METADATA_URI_V4")
    if not arn and metadata:
        try:
            # ECS sets the agent's address; it contains nothing of a job or a page.
            with urllib.request.urlopen(f"{metadata}/task", timeout=METADATA_SECONDS) as answer:  # noqa: S310
                arn = json.load(answer)["TaskARN"]
        except (OSError, ValueError, KeyError) as exc:
            log.write("task_unknown", reason=type(exc).__name__)
    return arn.rpartition("/")[2]
