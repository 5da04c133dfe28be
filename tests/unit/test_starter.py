"""The starter against botocore's Stubber: the service's own answers, no network."""

import json
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from shutterstep.request import request_hash

MESSAGE_ID = "11111111-2222-3333-4444-555555555555"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:screenshot"
DLQ = "https://sqs.us-east-1.amazonaws.com/000000000000/dlq"
CONTEXT = SimpleNamespace(
    function_name="starter", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="request"
)


@pytest.fixture
def starter(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    environment = {
        "STATE_MACHINE_ARN": MACHINE,
        "DEAD_LETTER_QUEUE_URL": DLQ,
        "BUCKET_NAME": "pictures",
        "POWERTOOLS_METRICS_NAMESPACE": "Shutterstep/test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    from starter import app

    return app


@pytest.fixture
def sfn(starter: ModuleType) -> Iterator[Stubber]:
    with Stubber(starter.sfn) as stubber:
        yield stubber


@pytest.fixture
def sqs(starter: ModuleType) -> Iterator[Stubber]:
    with Stubber(starter.sqs) as stubber:
        yield stubber


@pytest.fixture
def s3(starter: ModuleType) -> Iterator[Stubber]:
    with Stubber(starter.s3) as stubber:
        yield stubber


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"{MESSAGE_ID[:-1]}{place}", "body": body, "eventSource": "aws:sqs"}
            for place, body in enumerate(bodies)
        ]
    }


def failures(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"][-1] for item in answer["batchItemFailures"]]


def started() -> dict[str, Any]:
    return {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:screenshot:a", "startDate": 0}


PAGE = json.dumps({"id": "home", "url": "https://example.com"})


def test_a_message_starts_one_execution_named_after_its_id_and_message(starter: ModuleType, sfn: Stubber) -> None:
    name = f"home--{MESSAGE_ID[:-1]}0"
    sfn.add_response("start_execution", started(), {"stateMachineArn": MACHINE, "name": name, "input": ANY})
    assert failures(starter.handler(batch(PAGE), CONTEXT)) == []
    sfn.assert_no_pending_responses()


def test_the_input_tells_the_workflow_what_it_decides_by(starter: ModuleType) -> None:
    request = {"id": "home", "url": "https://example.com", "format": "jpeg"}
    assert starter.input_of(request, "home--1") == {
        "id": "home",
        "url": "https://example.com",
        "request_hash": request_hash(request),
        "reuse": "success",
        "expires_in_days": 30,
        "extension": "jpg",
        "unfinished_shard": 8,
        "job": {"request": request},
    }


def test_an_execution_that_exists_counts_as_done(starter: ModuleType, sfn: Stubber) -> None:
    sfn.add_client_error("start_execution", "ExecutionAlreadyExists")
    assert failures(starter.handler(batch(PAGE), CONTEXT)) == []


@pytest.mark.parametrize("code", ["ThrottlingException", "ExecutionLimitExceeded", "ServiceUnavailable"])
def test_only_the_throttled_message_is_delivered_again(starter: ModuleType, sfn: Stubber, code: str) -> None:
    sfn.add_response("start_execution", started())
    sfn.add_client_error("start_execution", code, http_status_code=400)
    sfn.add_response("start_execution", started())
    assert failures(starter.handler(batch(PAGE, PAGE, PAGE), CONTEXT)) == ["1"]


def test_a_batch_in_which_every_message_fails_names_every_one(starter: ModuleType, sfn: Stubber) -> None:
    sfn.add_client_error("start_execution", "ThrottlingException", http_status_code=400)
    sfn.add_client_error("start_execution", "ThrottlingException", http_status_code=400)
    assert failures(starter.handler(batch(PAGE, PAGE), CONTEXT)) == ["0", "1"]


def test_a_message_that_could_not_be_started_is_counted_in_the_metrics_of_the_stack(
    starter: ModuleType, sfn: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    sfn.add_client_error("start_execution", "ThrottlingException", http_status_code=400)
    starter.handler(batch(PAGE), CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    (told,) = [line["_aws"]["CloudWatchMetrics"][0] for line in lines]
    assert told["Namespace"] == "Shutterstep/test"
    assert (told["Dimensions"], told["Metrics"]) == ([["service"]], [{"Name": "StartFailed", "Unit": "Count"}])


def test_an_invalid_message_goes_to_the_dlq_with_reason_and_field(starter: ModuleType, sqs: Stubber) -> None:
    body = json.dumps({"url": "https://example.com", "fulPage": True})
    attributes = {
        "error_code": {"DataType": "String", "StringValue": "Render.InvalidRequest"},
        "error_message": ANY,
        "error_field": {"DataType": "String", "StringValue": "fulPage"},
        "sender": ANY,
        "message_id": {"DataType": "String", "StringValue": f"{MESSAGE_ID[:-1]}0"},
    }
    sqs.add_response("send_message", {}, {"QueueUrl": DLQ, "MessageBody": body, "MessageAttributes": attributes})
    assert failures(starter.handler(batch(body), CONTEXT)) == []
    sqs.assert_no_pending_responses()


def test_an_invalid_message_that_the_dlq_refuses_is_delivered_again(starter: ModuleType, sqs: Stubber) -> None:
    sqs.add_client_error("send_message", "InternalError", http_status_code=400)
    assert failures(starter.handler(batch("not json"), CONTEXT)) == ["0"]


def test_a_message_that_could_not_be_put_aside_is_counted(
    starter: ModuleType, sqs: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs.add_client_error("send_message", "InternalError", http_status_code=400)
    starter.handler(batch("not json"), CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    names = [metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert names == ["PutAsideFailed"]


def test_a_large_request_goes_by_reference(starter: ModuleType, s3: Stubber) -> None:
    request = {"url": "https://example.com", "metadata": {"note": "x" * 2000, "more": "y" * 2000, "end": "z" * 200}}
    s3.add_response(
        "put_object", {}, {"Bucket": "pictures", "Key": "requests/a--1.json", "Body": ANY, "ContentType": ANY}
    )
    assert starter.job_of(request, "a--1") == {"request_reference": {"bucket": "pictures", "key": "requests/a--1.json"}}


def test_a_password_in_the_url_stands_neither_in_the_input_nor_in_the_item(starter: ModuleType, s3: Stubber) -> None:
    request = {"id": "a", "url": "https://user:secret@example.com/x?mail=me@example.com"}
    s3.add_response("put_object", {})
    full_input = starter.input_of(request, "a--1")
    assert "secret" not in json.dumps(full_input)
    assert full_input["url"] == "https://example.com/x?mail=me@example.com"
