"""One job from start to answer: parse, render, store, report."""

import asyncio
import signal
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from renderer.browser import open_browser
from renderer.delivery import Storage, TokenGoneError, Workflow
from renderer.heartbeat import with_heartbeats
from renderer.job import Job, TokenMissingError, parse_job, read_token
from renderer.log import Log
from renderer.render import Picture, render
from renderer.settings import Settings, read_settings
from shutterstep.errors import RenderError, TaskStoppedError
from shutterstep.request import validate

AWS_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})

REPORTED = 0
NOT_REPORTED = 1


def main(environment: Mapping[str, str]) -> int:
    """The exit code: 0 when a success or a failure was reported, 1 when nobody could be told."""
    settings, log = read_settings(environment), Log()
    try:
        token = read_token(settings.job)
    except TokenMissingError as exc:
        log.write("job_refused", message=str(exc))
        return NOT_REPORTED
    session = boto3.Session()
    # Credentials are found now: the browser's start hides the environment for a moment.
    session.get_credentials()
    workflow = Workflow(session.client("stepfunctions", config=AWS_CONFIG), token)
    storage = Storage(session.client("s3", config=AWS_CONFIG))
    return asyncio.run(run(settings, workflow, storage, log))


async def run(settings: Settings, workflow: Workflow, storage: Storage, log: Log) -> int:
    """Does the job and reports how it ended; SIGTERM (a stopped task) is reported too. Returns the exit code."""
    _cancel_on_sigterm()
    try:
        return await _report(await _outcome(settings, workflow, storage, log), workflow, log)
    except TokenGoneError as exc:
        log.write("render_abandoned", message=str(exc))
    except (ClientError, BotoCoreError) as exc:
        log.write("report_failed", reason=type(exc).__name__)
    return NOT_REPORTED


async def _outcome(settings: Settings, workflow: Workflow, storage: Storage, log: Log) -> dict[str, Any] | RenderError:
    try:
        job = parse_job(settings.job)
        log = log.about(job)
        log.write("render_started")
        return await with_heartbeats(_do(job, storage), workflow.heartbeat, settings.heartbeat_seconds, log)
    except RenderError as exc:
        return exc
    except asyncio.CancelledError:
        return TaskStoppedError("the task was stopped while it rendered")
    except TokenGoneError:
        raise
    except Exception as exc:  # noqa: BLE001 (the boundary: an unknown fault must still end the execution's wait)
        log.write("unexpected_error", kind=type(exc).__name__, message=str(exc)[:1000])
        return RenderError(f"the renderer failed: {type(exc).__name__}")


async def _do(job: Job, storage: Storage) -> dict[str, Any]:
    request = job.request
    if job.request_reference is not None:
        request = await asyncio.to_thread(storage.read_request, job.request_reference)
    # A wrong request is refused before it costs a browser.
    picture = await _rendered(validate(request))
    return await asyncio.to_thread(storage.write_picture, picture, job.output)


async def _rendered(request: dict[str, Any]) -> Picture:
    async with open_browser() as browser:
        return await render(browser, request)


async def _report(outcome: dict[str, Any] | RenderError, workflow: Workflow, log: Log) -> int:
    if isinstance(outcome, RenderError):
        log.write("render_failed", code=outcome.code, message=outcome.message)
        await asyncio.to_thread(workflow.fail, outcome)
        return REPORTED
    await asyncio.to_thread(workflow.succeed, outcome)
    log.write("render_succeeded", **{name: outcome[name] for name in ("bytes", "width", "height", "render_ms")})
    return REPORTED


def _cancel_on_sigterm() -> None:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
