"""Pool mode: the process of a worker, from its first job to SIGTERM."""

import asyncio
import signal
from collections.abc import Mapping

from renderer.jobs.aws_clients import start_clients
from renderer.jobs.delivery import Storage, Workflow
from renderer.jobs.job_runner import JobRunner
from renderer.jobs.pool_worker import Worker
from renderer.jobs.render_queue import RenderQueue
from renderer.jobs.warm_browser import WarmBrowser
from renderer.log import Log
from renderer.settings import PoolSettings, read_egress_policy, read_limits
from shutterstep.errors import BrowserCrashedError

STOPPED = 0
NO_BROWSER = 1


async def run_worker(settings: PoolSettings, environment: Mapping[str, str], log: Log) -> int:
    """Pool mode: takes jobs until SIGTERM. Returns the exit code, 1 when no browser starts."""
    policy, limits = read_egress_policy(environment), read_limits(environment)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    clients = start_clients("sqs", "stepfunctions", "s3")
    sqs, sfn, s3 = clients["sqs"], clients["stepfunctions"], clients["s3"]
    try:
        async with WarmBrowser(policy=policy, limits=limits) as browser:
            work = JobRunner(browser.render, Storage(s3), settings.beat_seconds)
            worker = Worker(settings, RenderQueue(sqs, settings), work, lambda token: Workflow(sfn, token), log)
            await worker.run(stopping)
    except BrowserCrashedError as exc:
        log.write("no_browser", message=exc.message)
        return NO_BROWSER
    return STOPPED
