"""Task mode: one job from start to answer. Everything possible starts in parallel with Chromium; see PERFORMANCE.md."""

import asyncio
import signal
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from renderer.browser.chromium import Chromium, connect
from renderer.browser.spawn import Spawned
from renderer.egress.addresses import EgressPolicy
from renderer.jobs.aws_clients import start_clients
from renderer.jobs.job import TokenMissingError, read_token, with_key_of_its_own
from renderer.log import Log
from renderer.settings import Settings, read_egress_policy, read_limits, read_settings
from renderer.timing import Timing
from shutterstep.errors import BrowserCrashedError, MisconfiguredError

if TYPE_CHECKING:
    from renderer.jobs.delivery import Workflow
    from renderer.jobs.job_runner import JobRunner
    from renderer.limits import Limits
    from renderer.page.render import Picture
    from shutterstep.request import Request

REPORTED = 0
NOT_REPORTED = 1


async def run_task(
    environment: Mapping[str, str], log: Log, spawned: Spawned | BrowserCrashedError, timing: Timing
) -> int:
    """Does the job of the environment with the spawned browser, or reports why there is none; then ends the browser.

    Returns the exit code.
    """
    browser = asyncio.create_task(_connected(spawned))
    try:
        token = read_token(environment.get("JOB", ""))
        try:
            settings = read_settings(environment)
            render = partial(_rendered, browser, read_egress_policy(environment), read_limits(environment), timing)
        except MisconfiguredError as exc:
            settings = read_settings({"JOB": environment["JOB"]})
            render = partial(_refused, exc)
        from renderer.jobs.delivery import Storage, Workflow
        from renderer.jobs.job_runner import JobRunner, log_about

        timing.reached("imports done")
        # Imported last: Chromium paints while they load, and they are needed only afterwards.
        clients = start_clients("s3", "stepfunctions")
        work = JobRunner(render, Storage(clients["s3"]), settings.heartbeat_seconds)
        return await run(settings, Workflow(clients["stepfunctions"], token), work, log_about(settings.job, log))
    except TokenMissingError as exc:
        log.write("job_refused", message=str(exc))
        return NOT_REPORTED
    finally:
        log.write("task_timing", since_start_ms=timing.since_start_ms)
        await _end(browser)


async def run(settings: Settings, workflow: "Workflow", work: "JobRunner", log: Log) -> int:
    """Does the job and reports how it ended, also after SIGTERM (a stopped task). Returns the exit code."""
    from botocore.exceptions import BotoCoreError, ClientError

    from renderer.jobs.delivery import TokenGoneError
    from renderer.jobs.job_runner import report
    from shutterstep.errors import TaskStoppedError

    _cancel_on_sigterm()
    try:
        try:
            outcome = await work.outcome(with_key_of_its_own(settings.job), workflow.heartbeat, log)
        except asyncio.CancelledError:
            outcome = TaskStoppedError("the task was stopped while it rendered")
        await report(outcome, workflow, log)
        return REPORTED
    except TokenGoneError as exc:
        log.write("render_abandoned", reason=str(exc))
    except (ClientError, BotoCoreError) as exc:
        log.write("report_failed", reason=type(exc).__name__)
    return NOT_REPORTED


async def _rendered(
    browser: "asyncio.Task[Chromium]", policy: EgressPolicy, limits: "Limits", timing: Timing, request: "Request"
) -> "Picture":
    from renderer.browser.share import usual_share, within_share
    from renderer.page.picture_bytes import load_pillow
    from renderer.page.render import render

    chromium = await asyncio.shield(browser)
    timing.reached("browser answers")
    if request.get("format", "png") != "png":
        # In parallel with the page, which takes longer. Few PNGs need it.
        asyncio.get_running_loop().run_in_executor(None, load_pillow)
    async with within_share(chromium, usual_share()):
        picture = await render(chromium, request, policy, limits)
    timing.reached("picture taken")
    return picture


async def _refused(error: MisconfiguredError, _request: "Request") -> "Picture":
    raise error


async def _connected(spawned: Spawned | BrowserCrashedError) -> Chromium:
    if isinstance(spawned, BrowserCrashedError):
        raise spawned
    return await connect(spawned)


async def _end(browser: "asyncio.Task[Chromium]") -> None:
    (started,) = await asyncio.gather(browser, return_exceptions=True)
    if isinstance(started, Chromium):
        await started.end()


def _cancel_on_sigterm() -> None:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
