"""`shutterstep show` on the deployed workflow: a success, a skip, a retry and a failure."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep_cli.main import app
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.workflow.fake_renderer import FakeRenderer


@pytest.fixture
def id_() -> str:
    return f"show-{uuid.uuid4().hex[:12]}"


def sent(target: Target, path: str, id_: str) -> Shot:
    shot = submit(target, {"id": id_, "url": f"http://example.com/{path}"})
    follow(target, [shot], lambda: None, 60)
    return shot


def show(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["show", *arguments])


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {visit["state"]: visit["outcome"] for visit in document["states"]}


def test_a_success_is_found_by_its_id_with_its_picture(running_stack: Target, renderer: FakeRenderer, id_: str) -> None:
    sent(running_stack, "page", id_)
    document = json.loads(show(id_, "--json").stdout)
    assert (document["id"], document["outcome"], document["attempts"]) == (id_, "success", 1)
    assert outcomes(document).pop("MarkSuccess") == "passed"
    assert document["result"]["s3_key"].startswith(f"shots/{id_}/")
    assert f"s3://{document['result']['s3_bucket']}/{document['result']['s3_key']}" in show(id_).stdout


def test_a_skip_is_found_by_its_name_and_says_why(running_stack: Target, renderer: FakeRenderer, id_: str) -> None:
    owner, duplicate = sent(running_stack, "page", id_), sent(running_stack, "page", id_)
    answer = show(duplicate.execution_arn.rpartition(":")[2])
    assert "skipped  already_processed" in answer.stdout
    assert f"owner: {owner.execution_arn.rpartition(':')[2]}" in answer.stdout


def test_a_retry_shows_the_error_of_the_attempt_before(running_stack: Target, renderer: FakeRenderer, id_: str) -> None:
    shot = sent(running_stack, "crashes-once", id_)
    (render,) = [visit for visit in json.loads(show(id_, "--json").stdout)["states"] if len(visit["attempts"]) > 1]
    assert render["outcome"] == "retried"
    assert [attempt["error"] for attempt in render["attempts"]] == ["Render.BrowserCrashed", ""]
    assert "retried 1\N{MULTIPLICATION SIGN}" in show(shot.execution_arn).stdout


def test_a_failure_shows_where_and_why_and_draws_it(
    running_stack: Target, renderer: FakeRenderer, id_: str, tmp_path: Path
) -> None:
    sent(running_stack, "missing", id_)
    answer = show(id_, "--svg", str(tmp_path / "new" / "graph.svg"))
    assert "Render.DnsFailure: the fake says so" in answer.stdout
    assert 'class="state failed visited" data-state="Failed"' in (tmp_path / "new" / "graph.svg").read_text()


def test_nothing_of_that_name_is_said_and_ends_with_1(running_stack: Target) -> None:
    answer = show("nobody-sent-this")
    assert answer.exit_code == 1
    assert "no item has this id, and no execution this name" in answer.stderr
