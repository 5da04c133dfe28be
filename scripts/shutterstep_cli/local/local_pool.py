"""The local pool: its size when the stack starts, and a rolling deployment of its workers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.pool import pool_of
from shutterstep_cli.stack.target import Target
from shutterstep_cli.template_parameters import problem_with

STARTED_WITHIN_SECONDS = 120
# Seconds: Fargate's longest stopTimeout (120), and the time the launcher needs to notice.
LEFT_WITHIN_SECONDS = 130


class OptionsError(Exception):
    """The options contradict each other, or a parameter is not NAME=VALUE."""


@dataclass(frozen=True)
class Options:
    """The options of `local up`."""

    pool: int | None = None
    no_pool: bool = False
    autoscale: bool = False
    parameters: list[str] = field(default_factory=list)
    port: int | None = None

    def as_parameters(self) -> dict[str, str]:
        """Returns the options as parameters of the template. Raises OptionsError."""
        if self.no_pool and self.pool is not None:
            raise OptionsError("--pool and --no-pool exclude each other")
        if self.autoscale and self.pool is None:
            raise OptionsError("--autoscale needs --pool N for the largest size")
        given = dict(_pair(text) for text in self.parameters)
        if self.no_pool:
            given["RenderMode"] = "task"
        elif self.pool is not None:
            given["RenderMode"] = "pool"
        return given


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise OptionsError(f"--parameter {text}: give NAME=VALUE")
    if problem := problem_with(name):
        raise OptionsError(f"--parameter {text}: {problem}")
    return name, value


def up(options: Options, progress: local_stack.Progress) -> local_stack.LocalStack:
    """Starts the stack, and brings the pool to its size. Raises OptionsError, and what `local_stack.up` raises."""
    asked = options.pool is not None or options.no_pool
    maximum = (options.pool if options.autoscale else 0) if asked else None
    running = local_stack.up(progress, parameters=options.as_parameters(), autoscale=maximum, port=options.port)
    if options.pool is not None and not options.autoscale:
        resize(local_target(), options.pool, progress)
    return running


def resize(target: Target, size: int, progress: local_stack.Progress) -> None:
    """Sets the number of workers, and waits until they are working. Raises LocalStackError."""
    progress(f"starting {size} workers")
    target.client("ecs").update_service(
        cluster=target.outputs["ClusterName"], service=target.outputs["PoolServiceName"], desiredCount=size
    )
    _wait_for_workers(target, size)


def redeploy(target: Target, progress: local_stack.Progress) -> int:
    """Replaces all workers, and waits until the old ones have ended; returns how many. Raises LocalStackError."""
    pool = pool_of(target)
    if pool is None:
        raise local_stack.LocalStackError(
            "The stack renders on tasks, not in a pool. Start one: shutterstep local up --pool 3"
        )
    progress(f"starting {pool.desired} new workers")
    target.client("ecs").update_service(
        cluster=target.outputs["ClusterName"], service=target.outputs["PoolServiceName"], forceNewDeployment=True
    )
    _wait_for_workers(target, pool.desired, besides=frozenset(pool.tasks))
    progress(f"{len(pool.tasks)} old workers finish their pages")
    _wait(lambda: not _alive(set(pool.tasks)), LEFT_WITHIN_SECONDS, "the old workers did not end")
    return len(pool.tasks)


def _wait_for_workers(target: Target, size: int, besides: frozenset[str] = frozenset()) -> None:
    def ready() -> bool:
        pool = pool_of(target)
        return pool is not None and len(_at_work(set(pool.tasks) - besides)) >= size

    _wait(ready, STARTED_WITHIN_SECONDS, "the workers did not start")


def _at_work(tasks: set[str]) -> set[str]:
    """Returns the tasks whose log says that they have begun to take jobs."""
    logs = {task: local_stack.task_logs() / f"{task}.log" for task in tasks}
    return {task for task, log in logs.items() if log.exists() and "worker_started" in log.read_text("utf-8")}


def _alive(tasks: set[str]) -> set[str]:
    """Returns the tasks whose process has not ended; its id is in a file until then."""
    return {task for task in tasks if (local_stack.task_logs() / f"{task}.pid").exists()}


def _wait(condition: Callable[[], bool], seconds: float, message: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise local_stack.LocalStackError(f"{message} within {seconds:.0f} s; see: shutterstep local logs tasks")
        time.sleep(0.1)
