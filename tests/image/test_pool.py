"""Three workers of the pool side by side, each a container with the pool's role."""

import json
import os
import signal
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.local_stack import calls_file
from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.image.conftest import IMAGE, SlowSite, has_the_flags_of_the_task_definition, renderers
from tests.waiting import wait_for


@pytest.fixture
def pool(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    home = tmp_path_factory.mktemp("pool")
    parameters = {"ImageUri": IMAGE, "RenderMode": "pool", "PoolConcurrency": "1"}
    with stack_of_its_own(home, launcher=True, **parameters) as target:
        outputs = target.outputs
        service = {"cluster": outputs["ClusterName"], "service": outputs["PoolServiceName"]}
        target.client("ecs").update_service(**service, desiredCount=3)
        yield target


def test_three_workers_share_six_pages_call_only_what_their_role_allows_and_leave_no_container(
    pool: Target, engine: Any, site: SlowSite
) -> None:
    wait_for(lambda: len(renderers(engine)) == 3)
    for worker in renderers(engine):
        has_the_flags_of_the_task_definition(worker)
    shots = [submit(pool, {"id": uuid.uuid4().hex, "url": site.url, "timeoutMs": 60000}) for _ in range(6)]
    wait_for(lambda: site.asked == 3)  # one page each
    site.let.set()
    follow(pool, shots, lambda: None, 120)
    assert [shot.status for shot in shots] == ["success"] * 6
    calls = [json.loads(line) for line in calls_file().read_text("utf-8").splitlines()]
    assert {call["action"] for call in calls if "PoolTaskRole" in call["role"] and call["allowed"]} >= {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "s3:PutObject",
        "states:SendTaskSuccess",
    }
    assert [call for call in calls if not call["allowed"]] == []
    # Killed, the embedded AWS cannot clean up itself.
    running, workers = local_stack.known(), {worker.id for worker in renderers(engine)}
    assert running is not None
    assert len(workers) == 3
    os.kill(running.emulator_pid, signal.SIGKILL)
    local_stack.down()
    assert workers & {left.id for left in engine.containers.list(all=True)} == set()
