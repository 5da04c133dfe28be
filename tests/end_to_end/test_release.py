"""Owners that die or are stopped while they render: the stack recovers without help."""

import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest

from shutterstep.ids import parse_shot_key
from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.end_to_end.slow_site import SlowSite
from tests.waiting import wait_for

pytestmark = pytest.mark.long


@pytest.fixture
def site() -> Iterator[SlowSite]:
    slow = SlowSite()
    yield slow
    slow.let.set()
    slow.server.shutdown()


@pytest.fixture
def id_() -> str:
    return f"owner-{uuid.uuid4().hex[:12]}"


def end(target: Target, *shots: Shot) -> None:
    follow(target, list(shots), lambda: None, 120)


def test_fifty_messages_with_one_id_render_once_though_their_owner_is_killed_at_work(
    running_stack: Target, site: SlowSite, id_: str
) -> None:
    shots = [submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000}) for _ in range(50)]
    wait_for(lambda: site.asked == 1)
    (renderer,) = task_logs().glob("*.pid")
    os.killpg(int(renderer.read_text()), signal.SIGKILL)
    wait_for(lambda: site.asked == 2)
    site.let.set()
    end(running_stack, *shots)
    item = item_of(running_stack, id_)
    reasons = Counter(shot.reason for shot in shots if shot.status == "skipped")
    assert Counter(shot.status for shot in shots) == {"success": 1, "skipped": 49}
    assert reasons.total() == 49
    assert set(reasons) <= {"already_processing", "race_condition_prevented", "already_processed"}
    assert (item["status"], item["attempts"]) == ("success", 1)
    key = parse_shot_key(item["s3_key"])
    assert key is not None
    assert key.attempt == 1


def test_an_execution_that_is_stopped_frees_its_id_and_a_duplicate_renders(
    running_stack: Target, site: SlowSite, id_: str
) -> None:
    owner = submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000})
    wait_for(lambda: site.asked == 1)
    running_stack.client("stepfunctions").stop_execution(executionArn=owner.execution_arn)
    wait_for(lambda: item_of(running_stack, id_)["status"] == "failed", seconds=10)
    site.let.set()
    duplicate = submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000})
    end(running_stack, duplicate)
    assert duplicate.status == "success"
    assert item_of(running_stack, id_)["attempts"] == 2
