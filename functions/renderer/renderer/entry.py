"""Entry point: runs one job or a pool worker, depending on the environment."""

import gc
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from shutterstep.errors import MisconfiguredError

if TYPE_CHECKING:
    from renderer.settings import PoolSettings

# A garbage collection while packages load and one picture is taken finds almost nothing; measured: 45 ms of CPU.
OBJECTS_BEFORE_A_PASS = 100_000
# Seconds that a thread waits for another one's turn; Python's own are ten times as long. The AWS clients are made in a
# thread that never rests, and each of Chromium's messages would wait for it.
LONGEST_TURN_SECONDS = 0.0005
MISCONFIGURED = 1


def main(environment: Mapping[str, str]) -> int:
    """Returns the exit code: 0 when an outcome was reported or a worker was stopped, 1 when nobody could be told."""
    # Each mode imports only what it needs, because most of a task's time to its picture is spent on imports.
    if not environment.get("JOB"):
        from renderer.settings import read_pool_settings

        try:
            pool = read_pool_settings(environment)
            if pool is not None:
                return _worker(pool, environment)
        except MisconfiguredError as exc:
            # The worker takes no job: workers with the earlier settings may still render them, and ECS rolls this
            # deployment back.
            from renderer.log import Log

            Log().write("misconfigured", message=exc.message)
            return MISCONFIGURED
    return _task(environment)


def _task(environment: Mapping[str, str]) -> int:
    from renderer.browser.spawn import spawn_chromium
    from renderer.timing import Timing
    from shutterstep.errors import BrowserCrashedError

    gc.set_threshold(OBJECTS_BEFORE_A_PASS)
    sys.setswitchinterval(LONGEST_TURN_SECONDS)
    timing = Timing()
    try:
        spawned = spawn_chromium()
    except BrowserCrashedError as exc:
        spawned = exc  # reported as soon as the workflow can be reached
    timing.reached("Chromium spawned")
    # asyncio and the rest are imported only now, while Chromium starts.
    import asyncio

    from renderer.jobs.task_mode import run_task
    from renderer.log import Log

    return asyncio.run(run_task(environment, Log(), spawned, timing))


def _worker(pool: "PoolSettings", environment: Mapping[str, str]) -> int:
    import asyncio

    from renderer.jobs.pool_mode import run_worker
    from renderer.log import Log

    return asyncio.run(run_worker(pool, environment, Log()))
