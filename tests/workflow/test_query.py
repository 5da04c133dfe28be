"""`shutterstep query` on the deployed table."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shutterstep import result
from shutterstep.ids import unfinished_shard
from shutterstep_cli.main import app
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.history import text_of

PAST, FUTURE = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"
NOW = text_of(datetime.now(UTC))


@pytest.fixture
def prefix() -> str:
    return f"query-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def items(running_stack: Target, aws: Any, prefix: str) -> None:
    put(running_stack, aws, f"{prefix}-down", status="failed", lease=PAST, error_code="Render.DnsFailure")
    put(running_stack, aws, f"{prefix}-slow", status="failed", lease=PAST, error_code="Render.Timeout")
    put(running_stack, aws, f"{prefix}-dead", status="processing", lease=PAST)
    put(running_stack, aws, f"{prefix}-busy", status="processing", lease=FUTURE)


def put(running_stack: Target, aws: Any, id_: str, *, lease: str, **texts: str) -> None:
    item = {
        "id": {"S": id_},
        "claim": {"S": f"{id_}--claimed"},
        "url": {"S": texts.pop("url", "http://example.com/")},
        "claimed_at": {"S": PAST},
        "lease_expires_at": {"S": lease},
        "attempts": {"N": "1"},
        "unfinished_shard": {"N": str(unfinished_shard(id_))},
        **{name: {"S": value} for name, value in texts.items()},
    }
    aws.client("dynamodb").put_item(TableName=running_stack.outputs["TableName"], Item=item)


def query(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["query", *arguments])


def found(prefix: str, *arguments: str) -> list[str]:
    ids = [json.loads(line)["id"] for line in query("--json", *arguments).stdout.splitlines()]
    return sorted(id_.removeprefix(f"{prefix}-") for id_ in ids if id_.startswith(prefix))


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["busy", "dead", "down", "slow"]),
        (["--status", "failed"], ["down", "slow"]),
        (["--status", "processing"], ["busy", "dead"]),
        (["--error-code", "Render.Timeout"], ["slow"]),
        (["--stuck"], ["dead"]),
    ],
)
def test_the_unfinished_are_found_by_what_is_asked(prefix: str, arguments: list[str], expected: list[str]) -> None:
    assert found(prefix, *arguments) == expected


@pytest.fixture
def finished(running_stack: Target, aws: Any, prefix: str) -> None:
    for name, when, url in (
        ("old", PAST, "http://a.example/"),
        ("new", NOW, "http://a.example/x"),
        ("b", NOW, "http://b.example/"),
    ):
        put(running_stack, aws, f"{prefix}-{name}", status="success", lease=PAST, finished_at=when, url=url)
    put(running_stack, aws, f"{prefix}-down", status="failed", lease=PAST)


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["b", "new", "old"]),
        (["--since", "24h"], ["b", "new"]),
        (["--since", "24h", "--url", "a.example"], ["new"]),
        (["--url", "*//a.example/*"], ["new", "old"]),
        (["--since", "10m", "--url", "nowhere"], []),
    ],
)
def test_the_finished_are_found_by_time_and_address(prefix: str, arguments: list[str], expected: list[str]) -> None:
    assert found(prefix, "--status", "success", *arguments) == expected


@pytest.mark.usefixtures("finished")
def test_reading_the_whole_table_says_how_much_was_read_and_a_limit_ends_it(prefix: str) -> None:
    answer = query("--status", "success", "--url", "example", "--limit", "2", "--json")
    assert len(answer.stdout.splitlines()) == 2
    assert "items read" in answer.stderr


@pytest.mark.usefixtures("finished")
def test_a_producer_reads_the_result_of_an_id(running_stack: Target, aws: Any, prefix: str) -> None:
    arguments: Any = {"table_name": running_stack.outputs["TableName"], "client": aws.client("dynamodb")}
    finished = result(f"{prefix}-new", **arguments)
    assert finished is not None
    assert (finished.status, finished.url, finished.finished_at) == ("success", "http://a.example/x", NOW)
    assert result(f"{prefix}-never", **arguments) is None


@pytest.mark.usefixtures("items")
def test_an_id_is_found_and_an_unknown_one_is_named(prefix: str) -> None:
    answer = query(f"{prefix}-slow", f"{prefix}-never", "--json")
    assert json.loads(answer.stdout)["error_code"] == "Render.Timeout"
    assert f"{prefix}-never: no item" in answer.stderr
    assert answer.exit_code == 1


@pytest.mark.usefixtures("items")
def test_the_summary_counts_by_status_and_code(prefix: str) -> None:
    ids = [f"{prefix}-{name}" for name in ("down", "slow", "dead", "busy")]
    rows = [json.loads(line) for line in query(*ids, "--summary", "--json").stdout.splitlines()]
    assert {(row["status"], row["error_code"]): row["items"] for row in rows} == {
        ("processing", ""): 2,
        ("failed", "Render.DnsFailure"): 1,
        ("failed", "Render.Timeout"): 1,
    }


@pytest.mark.usefixtures("items")
def test_csv_has_a_header_and_every_field(prefix: str) -> None:
    (row,) = csv.DictReader(io.StringIO(query(f"{prefix}-slow", "--csv").stdout))
    assert (row["id"], row["status"], row["attempts"]) == (f"{prefix}-slow", "failed", "1")


@pytest.mark.usefixtures("items")
def test_the_table_shows_ids_and_codes(prefix: str) -> None:
    assert "failed" in query(f"{prefix}-slow").stdout
