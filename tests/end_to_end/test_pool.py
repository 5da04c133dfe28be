"""The pool with Chromium: workers that die, that a deployment replaces, and whose number follows the backlog."""

import json
import os
import signal
import threading
import uuid
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from shutterstep_cli.local import local_pool
from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.main import app
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.pool import pool_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.end_to_end.slow_site import SlowSite
from tests.waiting import wait_for

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def pool_stack(running_stack: Target) -> Iterator[Target]:
    local_pool.up(local_pool.Options(pool=2, parameters=["PoolVisibilityTimeout=600"]), lambda _line: None)
    yield local_target()
    local_pool.up(local_pool.Options(no_pool=True), lambda _line: None)


@pytest.fixture
def site() -> Iterator[SlowSite]:
    slow = SlowSite()
    yield slow
    slow.let.set()
    slow.server.shutdown()


def send(target: Target, site: SlowSite) -> Shot:
    return submit(target, {"id": f"pool-{uuid.uuid4().hex[:12]}", "url": site.url, "timeoutMs": 60000})


def worker_of(shot: Shot) -> str:
    """The task whose log names the shot."""
    return next(log.stem for log in task_logs().glob("*.log") if shot.id in log.read_text())


def errors_of(target: Target, shot: Shot) -> list[str]:
    history = target.client("stepfunctions").get_execution_history(executionArn=shot.execution_arn)["events"]
    return [event["type"] for event in history if "Failed" in event["type"] or "TimedOut" in event["type"]]


def test_the_page_of_a_killed_worker_is_rendered_by_another_long_before_its_visibility_ends(
    pool_stack: Target, site: SlowSite
) -> None:
    shot = send(pool_stack, site)
    wait_for(lambda: site.asked == 1)
    dead = worker_of(shot)
    os.killpg(int((task_logs() / f"{dead}.pid").read_text()), signal.SIGKILL)
    wait_for(lambda: site.asked == 2)
    site.let.set()
    follow(pool_stack, [shot], lambda: None, 60)
    assert shot.status == "success"
    assert errors_of(pool_stack, shot) == []
    wait_for(lambda: size(pool_stack) == 2)
    pool = pool_of(pool_stack)
    assert pool is not None
    assert dead not in pool.tasks


def test_a_deployment_under_load_loses_and_fails_nothing(pool_stack: Target, site: SlowSite) -> None:
    shots = [send(pool_stack, site) for _ in range(12)]
    # The emulator may have given a job to the killed worker; it then comes a second time, and waits to be rendered
    # alone.
    wait_for(lambda: site.asked >= 3)
    before = pool_of(pool_stack)
    letting = threading.Timer(2, site.let.set)
    letting.start()
    done = CliRunner().invoke(app, ["local", "redeploy", "--json"])
    follow(pool_stack, shots, lambda: None, 90)
    after = pool_of(pool_stack)
    assert json.loads(done.stdout)["replaced"] == 2
    assert {shot.status for shot in shots} == {"success"}
    assert [errors_of(pool_stack, shot) for shot in shots] == [[]] * 12
    assert {item_of(pool_stack, shot.id)["attempts"] for shot in shots} == {1}
    assert before is not None
    assert after is not None
    assert set(before.tasks).isdisjoint(after.tasks)


def test_the_pool_comes_from_zero_with_its_backlog_and_goes_back_when_it_is_idle(
    pool_stack: Target, site: SlowSite
) -> None:
    parameters = ["PoolMinimum=0", "PoolTarget=2", "PoolScaleOutCooldown=1", "PoolScaleInCooldown=1"]
    site.let.set()
    local_pool.up(local_pool.Options(pool=2, autoscale=True, parameters=parameters), lambda _line: None)
    wait_for(lambda: size(pool_stack) == 0)
    shots = [send(pool_stack, site) for _ in range(3)]
    wait_for(lambda: size(pool_stack) > 0)
    follow(pool_stack, shots, lambda: None, 90)
    wait_for(lambda: size(pool_stack) == 0)
    assert {shot.status for shot in shots} == {"success"}


def size(target: Target) -> int:
    pool = pool_of(target)
    assert pool is not None
    return pool.running
