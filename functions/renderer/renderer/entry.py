"""The process's way in: one job, or a worker of the pool; what it is told decides."""

import asyncio
from collections.abc import Mapping

from renderer.log import Log
from renderer.settings import read_pool_settings


def main(environment: Mapping[str, str]) -> int:
    """The exit code: 0 when a success or a failure was reported, or a worker let go; 1 when nobody could be told."""
    pool = read_pool_settings(environment)
    # Each mode loads what it needs: the time until a task has its picture is mostly loading.
    if pool is not None:
        from renderer.worker import run_worker

        return asyncio.run(run_worker(pool, environment, Log()))
    from renderer.task import run_task

    return asyncio.run(run_task(environment, Log()))
