"""`shutterstep replay` on the deployed workflow: a site that was down and is up again."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.main import app
from shutterstep_cli.stack.failed_executions import replay_name
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target
from tests.waiting import wait_for
from tests.workflow.fake_renderer import FakeRenderer

DOWN = ("--error-code", "Render.ConnectionFailed")


@pytest.fixture
def failed_ids(running_stack: Target, renderer: FakeRenderer) -> list[str]:
    ids = [f"down-{number:02}-{uuid.uuid4().hex[:8]}" for number in range(20)]
    shots = [submit(running_stack, {"id": id_, "url": "http://example.com/down"}) for id_ in ids]
    follow(running_stack, shots, lambda: None, 90)
    assert {shot.error_code for shot in shots} == {"Render.ConnectionFailed"}
    renderer.site_is_up = True
    return ids


def replay(*arguments: str) -> Result:
    answer = CliRunner().invoke(app, ["replay", "--rate", "50", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer


def lines(answer: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.stdout.splitlines()]


def statuses(target: Target, ids: list[str]) -> set[str]:
    return {item_of(target, id_)["status"] for id_ in ids}


def wait_until_ended(target: Target, replayed: list[dict[str, Any]]) -> None:
    sfn = target.client("stepfunctions")
    for line in replayed:
        while sfn.describe_execution(executionArn=line["new_execution"])["status"] == "RUNNING":
            time.sleep(0.05)


def test_failed_executions_become_successes_and_a_second_run_changes_nothing(
    running_stack: Target, failed_ids: list[str], tmp_path: Path
) -> None:
    assert {line["outcome"] for line in lines(replay(*DOWN, "--dry-run", "--json"))} == {"planned"}
    assert statuses(running_stack, failed_ids) == {"failed"}

    report = tmp_path / "replay.jsonl"
    first = lines(replay(*DOWN, "--yes", "--json", "--report", str(report)))
    wait_until_ended(running_stack, first)
    assert sorted(line["id"] for line in first if line["outcome"] == "started") == failed_ids
    assert [json.loads(line) for line in report.read_text().splitlines()] == first
    assert statuses(running_stack, failed_ids) == {"success"}

    before = [item_of(running_stack, id_) for id_ in failed_ids]
    again = replay(*DOWN, "--yes", "--json")
    assert lines(again) == []
    assert "20 that failed but have a picture by now" in again.stderr
    assert [item_of(running_stack, id_) for id_ in failed_ids] == before


def test_an_id_that_failed_twice_is_one_line_and_wait_says_how_its_replay_ended(
    running_stack: Target, renderer: FakeRenderer
) -> None:
    id_ = f"twice-{uuid.uuid4().hex[:8]}"
    for _ in range(2):
        follow(running_stack, [submit(running_stack, {"id": id_, "url": "http://example.com/down"})], lambda: None, 60)
    planned = lines(replay("--id", id_, "--dry-run", "--json"))
    assert [line["id"] for line in planned] == [id_]
    failed_again = CliRunner().invoke(app, ["replay", "--id", id_, "--yes", "--wait", "60", "--json"])
    assert failed_again.exit_code == 1
    assert [line["outcome"] for line in lines(failed_again)] == ["failed"]
    renderer.site_is_up = True
    assert [line["outcome"] for line in lines(replay("--id", id_, "--yes", "--wait", "60", "--json"))] == ["success"]
    assert lines(replay("--id", id_, "--dry-run", "--json")) == []


@pytest.mark.usefixtures("renderer")
def test_an_execution_that_was_stopped_has_one_code_everywhere(running_stack: Target) -> None:
    id_ = f"stopped-{uuid.uuid4().hex[:8]}"
    shot = submit(running_stack, {"id": id_, "url": "http://example.com/held"})
    sfn = running_stack.client("stepfunctions")
    wait_for(lambda: item_of(running_stack, id_).get("status") == "processing")
    sfn.stop_execution(executionArn=shot.execution_arn, cause="on purpose")
    wait_for(lambda: item_of(running_stack, id_).get("status") == "failed")
    follow(running_stack, [shot], lambda: None, 30)
    code = "Shutterstep.ExecutionAborted"
    (planned,) = lines(replay("--error-code", code, "--id", id_, "--dry-run", "--json"))
    shown = json.loads(CliRunner().invoke(app, ["show", id_, "--json"]).stdout)
    assert {item_of(running_stack, id_)["error_code"], planned["error_code"], shown["error_code"], shot.error_code} == {
        code
    }


def test_without_a_yes_nothing_is_started(running_stack: Target, renderer: FakeRenderer) -> None:
    id_ = f"asked-{uuid.uuid4().hex[:8]}"
    follow(running_stack, [submit(running_stack, {"id": id_, "url": "http://example.com/down"})], lambda: None, 60)
    answer = CliRunner().invoke(app, ["replay", "--id", id_], input="n\n")
    assert answer.exit_code == 2
    assert "--yes" in answer.stderr
    assert item_of(running_stack, id_)["attempts"] == 1


@pytest.mark.parametrize("length", [1, 68, 80])
def test_a_replay_has_a_name_of_its_own_that_fits(length: int) -> None:
    name = "x" * length
    assert len(replay_name(name)) <= 80
    assert replay_name(name) == replay_name(name) != name
    assert replay_name(name[:-1] + "y") != replay_name(name)
