"""RenderMode pool on the emulator: RenderQueue, the workflow and the worker; what dies, comes late or comes twice."""

import json
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.pool import backlog_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests import waiting
from tests.workflow.pool_worker import PoolWorker
from tests.workflow.test_release import release

wait_for = partial(waiting.wait_for, seconds=150)

Send = Callable[..., Shot]


@pytest.fixture(scope="module")
def pool_stack(running_stack: Target) -> Iterator[Target]:
    """The same stack in the other mode; the outputs differ, so the target is a new one."""
    local_stack.up(launcher=False, parameters={"RenderMode": "pool", "PoolVisibilityTimeout": "6"})
    yield local_target()
    local_stack.up(launcher=False, parameters={"RenderMode": "task"})


@pytest.fixture
def send(pool_stack: Target) -> Send:
    def send(path: str, **options: Any) -> Shot:
        return submit(
            pool_stack, {"url": f"http://example.com/{path}", "id": f"pool-{uuid.uuid4().hex[:12]}"} | options
        )

    return send


def end(target: Target, *shots: Shot) -> None:
    follow(target, list(shots), lambda: None, 180)


def take(target: Target, seconds: int = 6) -> dict[str, Any]:
    """What a worker does that dies before it has told anybody."""
    queue = target.outputs["RenderQueueUrl"]
    arguments = {"QueueUrl": queue, "VisibilityTimeout": seconds, "WaitTimeSeconds": 1}
    return wait_for(lambda: target.client("sqs").receive_message(**arguments).get("Messages"))[0]


def is_empty(target: Target) -> bool:
    return backlog_of(target.client("sqs"), target.outputs["RenderQueueUrl"]).jobs == 0


def picture_of(target: Target, item: dict[str, Any]) -> bytes:
    return target.client("s3").get_object(Bucket=item["s3_bucket"], Key=item["s3_key"])["Body"].read()


def test_a_job_goes_by_the_queue_and_its_item_points_to_the_picture(pool_stack: Target, send: Send) -> None:
    with PoolWorker(pool_stack):
        shot = send("page")
        end(pool_stack, shot)
        wait_for(lambda: is_empty(pool_stack))
    item = item_of(pool_stack, shot.id)
    assert shot.states == ["Claim", "RenderInPool", "MarkSuccess"]
    assert item["status"] == "success"
    assert item["s3_key"].startswith(f"shots/{shot.id}/{item['claim']}-0-")
    assert sha256(picture_of(pool_stack, item)).hexdigest() == item["sha256"]


def test_a_worker_shows_that_the_queue_answers_and_that_jobs_end(pool_stack: Any, send: Send, tmp_path: Path) -> None:
    with PoolWorker(pool_stack, worked_file=(file := tmp_path / "worked")) as worker:
        wait_for(file.exists)
        shots = [send("held"), send("held")]
        wait_for(lambda: worker.started.total() == 2)
        file.unlink()
        worker.gate.set()
        end(pool_stack, *shots)
        wait_for(file.exists)


def test_every_line_about_a_job_names_its_id_and_execution_and_none_its_token(pool_stack: Target, send: Send) -> None:
    with PoolWorker(pool_stack) as worker:
        shot = send("page")
        end(pool_stack, shot)
    lines = [json.loads(line) for line in worker.log.getvalue().splitlines()]
    about = [line for line in lines if not line["event"].startswith("worker_")]
    assert [line["event"] for line in about] == ["render_started", "render_succeeded"]
    assert {(line["id"], line["execution"]) for line in about} == {(shot.id, shot.execution_arn.rpartition(":")[2])}
    assert "token" not in worker.log.getvalue()


def test_a_typed_failure_reaches_the_item_and_the_worker_goes_on(pool_stack: Target, send: Send) -> None:
    with PoolWorker(pool_stack):
        failing, page = send("missing"), send("page")
        end(pool_stack, failing, page)
    assert (failing.status, failing.error_code) == ("failed", "Render.DnsFailure")
    assert page.status == "success"


def test_a_browser_that_crashes_costs_its_job_one_more_try_and_the_others_nothing(
    pool_stack: Target, send: Send
) -> None:
    with PoolWorker(pool_stack) as worker:
        crashing, others = send("crashes-once"), [send(f"page?{number}") for number in range(3)]
        end(pool_stack, crashing, *others)
    assert {shot.status for shot in [crashing, *others]} == {"success"}
    assert crashing.states.count("RenderInPool") == 1, "a retry is the same state again"
    assert worker.started["http://example.com/crashes-once"] == 2
    assert item_of(pool_stack, crashing.id)["s3_key"].split("-")[-2] == "1"


def test_the_job_of_a_dead_worker_goes_to_another_with_the_same_token(pool_stack: Target, send: Send) -> None:
    shot = send("page")
    take(pool_stack)
    with PoolWorker(pool_stack):
        end(pool_stack, shot)
    assert shot.status == "success"


def test_a_page_that_kills_its_workers_is_failed_after_three_died_with_it_alone(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    started = 0
    for _ in range(4):
        with PoolWorker(pool_stack) as worker:
            wait_for(lambda worker=worker: worker.started.total())
            worker.die()
            started += worker.started.total()
    with PoolWorker(pool_stack) as last:
        end(pool_stack, shot)
        wait_for(lambda: is_empty(pool_stack))
    item = item_of(pool_stack, shot.id)
    assert (item["status"], item["error_code"]) == ("failed", "Render.ReceivedTooOften")
    assert (started, last.started.total()) == (4, 0), "once beside others, three times alone"


def test_a_job_that_was_only_around_when_workers_died_is_rendered(pool_stack: Target, send: Send) -> None:
    shot = send("page")
    for _ in range(5):
        take(pool_stack, seconds=0)
    with PoolWorker(pool_stack):
        end(pool_stack, shot)
    assert shot.status == "success"


def test_giving_a_job_back_again_and_again_does_not_count_against_it(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    for _ in range(5):
        with PoolWorker(pool_stack, grace_seconds=0.2) as worker:
            wait_for(lambda worker=worker: worker.started.total())
    with PoolWorker(pool_stack) as last:
        last.gate.set()
        end(pool_stack, shot)
    assert shot.status == "success"


def test_a_job_that_came_before_is_rendered_with_no_other(pool_stack: Target, send: Send) -> None:
    suspect = send("held")
    take(pool_stack, seconds=0)
    with PoolWorker(pool_stack) as worker:
        wait_for(lambda: worker.started.total())
        others = [send(f"page?{number}") for number in range(3)]
        wait_for(lambda: backlog_of(pool_stack.client("sqs"), pool_stack.outputs["RenderQueueUrl"]).waiting == 3)
        assert worker.started.total() == 1
        worker.gate.set()
        end(pool_stack, suspect, *others)
    assert {shot.status for shot in [suspect, *others]} == {"success"}
    assert "render_alone" in worker.log.getvalue()


def test_the_jobs_of_a_worker_whose_task_stopped_come_back_at_once(pool_stack: Target, send: Send) -> None:
    shots = [send("held") for _ in range(2)]
    with PoolWorker(pool_stack, task="dead", visibility_seconds=600) as worker:
        wait_for(lambda: worker.started.total() == 2)
        worker.die()
    released = release(pool_stack, worker_stopped("dead"))
    assert released == ("SUCCEEDED", "JobsGivenBack")
    with PoolWorker(pool_stack) as other:
        other.gate.set()
        end(pool_stack, *shots)
    assert {shot.status for shot in shots} == {"success"}


def test_a_worker_that_held_nothing_gives_nothing_back(pool_stack: Target) -> None:
    assert release(pool_stack, worker_stopped("unknown")) == ("SUCCEEDED", "JobsGivenBack")


def worker_stopped(task: str) -> dict[str, Any]:
    detail = {"group": "service:pool", "taskArn": f"arn:aws:ecs:us-east-1:000000000000:task/cluster/{task}"}
    return {"source": "aws.ecs", "detail": detail}


def test_the_calls_that_keep_a_job_do_not_wait_for_the_workflow(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    with PoolWorker(pool_stack, heartbeat=throttled, visibility_seconds=600, beat_seconds=0.2) as worker:
        wait_for(lambda: worker.log.getvalue().count("heartbeat_failed") >= 3)
        wait_for(lambda: worker.hidden.count(600) >= 3)
        worker.gate.set()
        end(pool_stack, shot)
    assert shot.status == "success"


def throttled() -> None:
    answer = {"Error": {"Code": "ThrottlingException", "Message": "injected"}}
    raise ClientError(answer, "SendTaskHeartbeat")


def test_a_job_whose_execution_was_stopped_is_dropped(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    wait_for(lambda: not is_empty(pool_stack))
    pool_stack.client("stepfunctions").stop_execution(executionArn=shot.execution_arn)
    with PoolWorker(pool_stack) as worker:
        wait_for(lambda: is_empty(pool_stack))
        assert not worker.gate.is_set()
    assert "render_abandoned" in worker.log.getvalue()


def test_a_stuck_page_holds_one_place_and_no_other_job(pool_stack: Target, send: Send) -> None:
    with PoolWorker(pool_stack) as worker:
        stuck = send("held")
        wait_for(lambda: worker.started["http://example.com/held"])
        others = [send(f"page?{number}") for number in range(4)]
        end(pool_stack, *others)
        worker.gate.set()
        end(pool_stack, stuck)
    assert {shot.status for shot in [stuck, *others]} == {"success"}


def test_a_page_that_takes_longer_than_the_visibility_is_rendered_once(pool_stack: Target, send: Send) -> None:
    """It is hidden anew, for as long again each time, until it is answered."""
    workers = [PoolWorker(pool_stack, visibility_seconds=60, beat_seconds=0.2) for _ in range(2)]
    with workers[0] as first, workers[1] as second:
        shot = send("held")
        wait_for(lambda: len(first.hidden + second.hidden) >= 5)
        started = first.started.total() + second.started.total()
        first.gate.set()
        second.gate.set()
        end(pool_stack, shot)
    assert (shot.status, started, set(first.hidden + second.hidden)) == ("success", 1, {60})


def test_a_worker_told_to_stop_finishes_its_page_and_takes_no_other(pool_stack: Target, send: Send) -> None:
    with PoolWorker(pool_stack) as worker:
        shot = send("held")
        wait_for(lambda: worker.started.total())
        worker.tell_to_stop()
        wait_for(lambda: "worker_stopping" in worker.log.getvalue())
        waiting = send("page")
        worker.gate.set()
        end(pool_stack, shot)
        worker.stop()
    assert shot.status == "success"
    assert worker.started.total() == 1
    with PoolWorker(pool_stack):
        end(pool_stack, waiting)
    assert waiting.status == "success"


def test_a_worker_that_runs_out_of_time_gives_its_job_back_at_once(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    with PoolWorker(pool_stack, grace_seconds=0.2, visibility_seconds=600) as worker:
        wait_for(lambda: worker.started.total())
    assert "job_given_back" in worker.log.getvalue()
    with PoolWorker(pool_stack) as other:
        other.gate.set()
        end(pool_stack, shot)
    assert shot.status == "success"


def test_a_job_delivered_twice_leaves_the_committed_picture_as_it_is(pool_stack: Target, send: Send) -> None:
    shot = send("held")
    copy = take(pool_stack, seconds=0)["Body"]
    with PoolWorker(pool_stack) as first:
        # It came before, so the first worker takes no other beside it: the copy goes to the second.
        wait_for(lambda: first.started.total())
        pool_stack.client("sqs").send_message(QueueUrl=pool_stack.outputs["RenderQueueUrl"], MessageBody=copy)
        with PoolWorker(pool_stack) as second:
            wait_for(lambda: second.started.total())
            first.gate.set()
            second.gate.set()
            end(pool_stack, shot)
            wait_for(lambda: is_empty(pool_stack))
    item = item_of(pool_stack, shot.id)
    assert sha256(picture_of(pool_stack, item)).hexdigest() == item["sha256"]


def test_a_message_that_is_no_job_is_put_away(pool_stack: Target) -> None:
    pool_stack.client("sqs").send_message(QueueUrl=pool_stack.outputs["RenderQueueUrl"], MessageBody="{}")
    with PoolWorker(pool_stack) as worker:
        wait_for(lambda: is_empty(pool_stack))
    assert "job_refused" in worker.log.getvalue()
