"""Clients of tests to a running stack. Each level of tests has its own stack, defined in its conftest."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pytest_localstack import constants, service_checks
from pytest_localstack.session import RunningSession
from xdist.scheduler import LoadScopeScheduling

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.target import Target

SERVICES = ("cloudformation", "dynamodb", "ecs", "iam", "lambda", "s3", "sqs", "stepfunctions")

# pytest-localstack has no check for ECS, and a service without a check would cost a minute.
constants.SERVICE_PORTS.setdefault("ecs", local_stack.DEFAULT_PORT)
service_checks.SERVICE_CHECKS.setdefault("ecs", service_checks.port_check("ecs"))

# Levels whose tests share one stack, the longest first: one process runs all of a level, so that its stack starts once.
SHARED_STACK = ("end_to_end", "faults", "workflow", "docs", "image")
LEVELS = Path(__file__).parent


def pytest_xdist_auto_num_workers() -> int:
    """Returns two processes more than there are cores: tests wait for stacks and pages about half of their time."""
    return len(os.sched_getaffinity(0)) + 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several processes (`-n`), tests that share a stack begin first, because they take longest."""
    if hasattr(config, "workerinput"):
        order = {group: place for place, group in enumerate(SHARED_STACK)}
        items.sort(key=lambda item: order.get(group_of(item.nodeid), len(order)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Gives each process whole groups of tests. (xdist's own `loadgroup` writes a name that pytest 9 does not have.)"""

    class GroupScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return GroupScheduling(config, log)


@cache
def group_of(nodeid: str) -> str:
    """Returns the level if the test shares its level's stack, else its file."""
    file = nodeid.partition("::")[0]
    level = Path(file).parent.name
    if level == "end_to_end" and "running_stack" not in (LEVELS.parent / file).read_text("utf-8"):
        return file
    return level if level in SHARED_STACK else file


@contextmanager
def stack_of_its_own(home: Path, *, launcher: bool, **parameters: str) -> Iterator[Target]:
    """Gives a stack in `home`; it shares the packages of the usual stack, so that they are made only once.

    `parameters` are the template's; an ImageUri makes containers of render tasks.
    """
    cache = local_stack.home() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHUTTERSTEP_HOME", str(home))
        patch.setattr(local_stack, "DEFAULT_PORT", 0)  # two test processes would both use the usual port
        try:
            local_stack.up(launcher=launcher, parameters=parameters)
            yield local_target()
        finally:
            local_stack.down()


@contextmanager
def workers_of(target: Target, count: int) -> Iterator[None]:
    """Runs `count` containers of the pool; at the end sets the size to 0, so that none is replaced while the stack
    stops.
    """
    ecs = target.client("ecs")
    service = {"cluster": target.outputs["ClusterName"], "service": target.outputs["PoolServiceName"]}
    ecs.update_service(**service, desiredCount=count)
    try:
        yield
    finally:
        ecs.update_service(**service, desiredCount=0)
        deadline = time.monotonic() + 60
        while ecs.list_tasks(cluster=service["cluster"], desiredStatus="RUNNING")["taskArns"]:
            assert time.monotonic() < deadline, "the workers do not leave"
            time.sleep(0.1)


@contextmanager
def clients_of(target: Target) -> Iterator[Any]:
    """`client(service)` makes boto3 clients to the running stack."""
    port, key = int((target.endpoint_url or "").rpartition(":")[2]), target.session.get_credentials()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "DEFAULT_AWS_ACCESS_KEY_ID", key.access_key)
        patch.setattr(constants, "DEFAULT_AWS_SECRET_ACCESS_KEY", key.secret_key)
        patch.setattr(constants, "DEFAULT_AWS_SESSION_TOKEN", None)
        with RunningSession("127.0.0.1", services=dict.fromkeys(SERVICES, port), region_name="us-east-1") as session:
            yield session.boto3
