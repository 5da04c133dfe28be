"""`shutterstep load-test` on the running stack, with real renders."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shutterstep_cli.capacity.prices import RENDERED
from shutterstep_cli.main import app
from shutterstep_cli.stack.target import Target
from tests.benchmarks.workflow_cost import bill_of, newest_rendered

pytestmark = pytest.mark.long

FIELDS = {
    "sent", "executions", "rendered", "skipped", "failed", "lost", "rendered_twice",
    "per_second", "p50_s", "p95_s", "p99_s",
}  # fmt: skip


def load_test(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["load-test", *arguments, "--json", "-o", str(folder), "--wait", "240"])
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, json.loads(done.stdout)


def test_of_duplicates_one_renders_and_the_others_skip(running_stack: Target, tmp_path: Path) -> None:
    code, told = load_test(tmp_path, "12", "--duplicates")
    assert code == 0
    assert (told["sent"], told["executions"], told["rendered"], sum(told["skipped"].values())) == (12, 12, 1, 11)
    assert (told["lost"], told["rendered_twice"]) == (0, 0)
    assert told.keys() >= FIELDS


def test_every_kind_of_message_ends_as_it_should(running_stack: Target, tmp_path: Path) -> None:
    kinds = "unique=1,duplicate=1,invalid=1,failing=1"
    code, told = load_test(tmp_path, "10", "--mix", kinds, "--seed", "3", "--rate", "5", "--ramp", "1")
    assert code == 0
    assert told["failed"] == {"Render.DnsFailure": 1}
    assert told["dead_letters"] == {"Render.InvalidRequest": 3}
    assert (told["rendered"], sum(told["skipped"].values())) == (4, 2)
    page = Path(told["report"]).read_text("utf-8")
    assert "Passed: 10 sent, none lost, none rendered twice." in page
    letters = running_stack.client("sqs").get_queue_attributes(
        QueueUrl=running_stack.outputs["DeadLetterQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert letters["Attributes"]["ApproximateNumberOfMessages"] == "0", "the test takes its own dead letters away"


def test_an_execution_takes_the_transitions_and_writes_that_the_prices_count_with(running_stack: Target) -> None:
    bill = bill_of(running_stack, newest_rendered(running_stack))
    assert bill.states == ["Claim", "RenderOnTask", "MarkSuccess"]
    assert bill.work.transitions == RENDERED["task"].transitions
    # The item's write units grow with the page's details; the prices count with a plain page.
    assert RENDERED["task"].table_writes <= bill.work.table_writes <= RENDERED["task"].table_writes + 4


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["5", "--mix", "colours=1"], "is not a kind"),
        (["5", "--ramp", "10"], "--rate"),
        (["5", "--stack", "somewhere"], "--url"),
        (["5", "--stack", "somewhere", "--url", "https://example.com", "--kill-worker-every", "5"], "local"),
        (["5", "--duplicates", "--mix", "standard"], "--mix"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_sent(arguments: list[str], reason: str) -> None:
    done = CliRunner().invoke(app, ["load-test", *arguments])
    assert done.exit_code == 2
    assert reason in done.output
