"""One job from start to answer, or a worker of the pool: what the process is told decides."""

import asyncio
import signal
from collections.abc import Mapping
from functools import partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from renderer.addresses import EgressPolicy
from renderer.chromium import open_browser
from renderer.delivery import Storage, TokenGoneError, Workflow
from renderer.job import TokenMissingError, read_token
from renderer.limits import Limits
from renderer.log import Log
from renderer.pool import Worker
from renderer.render import Picture, render
from renderer.render_queue import RenderQueue
from renderer.settings import PoolSettings, Settings, read_egress_policy, read_limits, read_pool_settings, read_settings
from renderer.warm_browser import WarmBrowser
from renderer.work import Work, log_about, report
from shutterstep.errors import BrowserCrashedError, TaskStoppedError
from shutterstep.request import Request

AWS_CONFIG = Config(
    connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5}, max_pool_connections=50
)

REPORTED = 0
NOT_REPORTED = 1


def main(environment: Mapping[str, str]) -> int:
    """The exit code: 0 when a success or a failure was reported, or a worker let go; 1 when nobody could be told."""
    session = boto3.Session()
    # Credentials are found now: the browser's start hides the environment for a moment.
    session.get_credentials()
    pool, policy, limits = read_pool_settings(environment), read_egress_policy(environment), read_limits(environment)
    if pool is not None:
        return asyncio.run(run_worker(pool, policy, limits, session, Log()))
    return run_task(read_settings(environment), policy, limits, session, Log())


def run_task(settings: Settings, policy: EgressPolicy, limits: Limits, session: Any, log: Log) -> int:
    """Task mode: the one job of the settings. Returns the exit code."""
    try:
        token = read_token(settings.job)
    except TokenMissingError as exc:
        log.write("job_refused", message=str(exc))
        return NOT_REPORTED
    workflow = Workflow(session.client("stepfunctions", config=AWS_CONFIG), token)
    storage = Storage(session.client("s3", config=AWS_CONFIG))
    work = Work(partial(_rendered, policy, limits), storage, settings.heartbeat_seconds)
    return asyncio.run(run(settings, workflow, work, log))


async def run(settings: Settings, workflow: Workflow, work: Work, log: Log) -> int:
    """Does the job and reports how it ended; SIGTERM (a stopped task) is reported too. Returns the exit code."""
    _cancel_on_sigterm()
    log = log_about(settings.job, log)
    try:
        try:
            outcome = await work.outcome(settings.job, workflow.heartbeat, log)
        except asyncio.CancelledError:
            outcome = TaskStoppedError("the task was stopped while it rendered")
        await report(outcome, workflow, log)
        return REPORTED
    except TokenGoneError as exc:
        log.write("render_abandoned", reason=str(exc))
    except (ClientError, BotoCoreError) as exc:
        log.write("report_failed", reason=type(exc).__name__)
    return NOT_REPORTED


async def run_worker(settings: PoolSettings, policy: EgressPolicy, limits: Limits, session: Any, log: Log) -> int:
    """Pool mode: takes jobs until SIGTERM. Returns the exit code, 1 when no browser starts."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sqs, sfn, s3 = (session.client(name, config=AWS_CONFIG) for name in ("sqs", "stepfunctions", "s3"))
    try:
        async with WarmBrowser(policy=policy, limits=limits) as browser:
            work = Work(browser.render, Storage(s3), settings.beat_seconds)
            worker = Worker(settings, RenderQueue(sqs, settings), work, lambda token: Workflow(sfn, token), log)
            await worker.run(stopping)
    except BrowserCrashedError as exc:
        log.write("no_browser", message=exc.message)
        return NOT_REPORTED
    return REPORTED


async def _rendered(policy: EgressPolicy, limits: Limits, request: Request) -> Picture:
    async with open_browser() as browser:
        return await render(browser, request, policy, limits)


def _cancel_on_sigterm() -> None:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
