"""Delivery of a picture: the bucket, the answer to the task token, and what is tried again."""

import asyncio
import base64
import hashlib
import io
import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, UnknownServiceError
from botocore.session import get_session

from renderer.jobs.aws_models import session_for
from renderer.jobs.delivery import Storage, TokenGoneError, Workflow
from renderer.jobs.heartbeat import with_heartbeats
from renderer.jobs.job import Job, ObjectAddress
from renderer.log import Log
from renderer.page.render import Picture
from shutterstep.errors import InvalidRequestError, RenderTimeoutError, StorageFailedError
from shutterstep.item import RESULT_FIELDS

ADDRESS = ObjectAddress("bucket", "shots/a/1.png")
PICTURE = Picture(b"picture", "image/png", 4, 3, "https://example.com/", 200, "A title", 12)


class Bucket:
    """An S3 client that keeps what is put, or raises."""

    def __init__(self, fault: Exception | None = None, body: bytes = b"") -> None:
        self.fault, self.body, self.put = fault, body, {}

    def put_object(self, **call: Any) -> None:
        if self.fault:
            raise self.fault
        self.put = call

    def get_object(self, **call: Any) -> dict[str, Any]:
        if self.fault:
            raise self.fault
        return {"Body": io.BytesIO(self.body)}


class States:
    """A Step Functions client that keeps what it is told, or raises."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.calls = fault, []

    def send_task_failure(self, **call: Any) -> None:
        self.calls.append(call)

    def send_task_success(self, **call: Any) -> None:
        self.calls.append(call)

    def send_task_heartbeat(self, **call: Any) -> None:
        self.calls.append(call)
        if self.fault:
            raise self.fault


def service_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "Operation")


def test_the_store_is_given_the_checksum_and_the_type_of_the_picture() -> None:
    bucket = Bucket()
    Storage(bucket).write_picture(PICTURE, ADDRESS)
    digest = base64.b64encode(hashlib.sha256(b"picture").digest()).decode()
    assert (bucket.put["ChecksumSHA256"], bucket.put["ContentType"]) == (digest, "image/png")


def test_the_result_has_the_fields_of_the_item() -> None:
    assert tuple(Storage(Bucket()).write_picture(PICTURE, ADDRESS)) == (*RESULT_FIELDS, "details")


@pytest.mark.parametrize("fault", [service_error("SlowDown"), EndpointConnectionError(endpoint_url="http://s3")])
def test_a_picture_that_cannot_be_stored_is_a_failure_of_the_storage(fault: Exception) -> None:
    with pytest.raises(StorageFailedError):
        Storage(Bucket(fault)).write_picture(PICTURE, ADDRESS)


def test_a_request_that_cannot_be_read_is_a_failure_of_the_storage() -> None:
    with pytest.raises(StorageFailedError, match="NoSuchKey"):
        Storage(Bucket(service_error("NoSuchKey"))).read_request(ADDRESS)


@pytest.mark.parametrize("body", [b"no json", b"[]", b"\xff"])
def test_a_stored_request_that_is_no_object_is_invalid(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        Storage(Bucket(body=body)).read_request(ADDRESS)


def test_a_failure_gives_the_code_and_the_field_at_fault() -> None:
    states = States()
    Workflow(states, "t").fail(InvalidRequestError("too wide", field="viewport.width"))
    assert states.calls == [
        {
            "taskToken": "t",
            "error": "Render.InvalidRequest",
            "cause": '{"message": "too wide", "field": "viewport.width"}',
        }
    ]


@pytest.mark.parametrize("character", ["x", "\x00", "é", "😀"])
def test_a_cause_stays_valid_json_within_the_limit_of_the_service(character: str) -> None:
    states = States()
    Workflow(states, "t").fail(InvalidRequestError(character * 100_000, field=character * 100_000))
    cause = states.calls[0]["cause"]
    assert json.loads(cause)
    assert len(cause) <= 32_768


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_nobody_waits_for_is_gone(code: str) -> None:
    with pytest.raises(TokenGoneError):
        Workflow(States(service_error(code)), "t").heartbeat()


def test_a_gone_token_stops_the_render() -> None:
    stopped = threading.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    beat = Workflow(States(service_error("TaskTimedOut")), "t").heartbeat
    with pytest.raises(TokenGoneError):
        asyncio.run(with_heartbeats(endless(), beat, 10, Log(io.StringIO())))
    assert stopped.is_set()


def test_a_lost_heartbeat_does_not_stop_the_render() -> None:
    states, third = States(service_error("ThrottlingException")), asyncio.Event()

    async def until_the_third_beat() -> str:
        await third.wait()
        return "done"

    async def scene() -> str:
        loop = asyncio.get_running_loop()

        def beat() -> None:
            if len(states.calls) == 2:
                loop.call_soon_threadsafe(third.set)
            Workflow(states, "t").heartbeat()

        return await with_heartbeats(until_the_third_beat(), beat, 0, Log(io.StringIO()))

    assert asyncio.run(scene()) == "done"


def test_an_error_of_the_render_comes_through_the_heartbeats() -> None:
    async def late() -> None:
        raise RenderTimeoutError("late")

    with pytest.raises(RenderTimeoutError):
        asyncio.run(with_heartbeats(late(), Workflow(States(), "t").heartbeat, 10, Log(io.StringIO())))


def test_a_log_line_names_the_claim_and_never_the_token() -> None:
    stream = io.StringIO()
    Log(stream).about(Job("secret-token", ADDRESS, id="a", claim="a--1")).write("render_started")
    line = json.loads(stream.getvalue())
    assert (line["id"], line["claim"], "secret-token" in stream.getvalue()) == ("a", "a--1", False)


def test_half_a_surrogate_pair_in_what_a_page_says_does_not_stop_the_answer() -> None:
    states = States()
    workflow = Workflow(states, "token")
    workflow.fail(RenderTimeoutError("the page said \ud800 and \U0001f600"))
    workflow.succeed({"title": "\udfff and \ud83d\ude00"})
    failed, succeeded = states.calls
    assert json.loads(failed["cause"].encode())["message"] == "the page said \ufffd and \U0001f600"
    assert json.loads(succeeded["output"].encode())["title"] == "\ufffd and \U0001f600"


def test_a_client_has_the_model_and_the_address_that_botocore_gives_it_and_other_services_are_unknown() -> None:
    place: dict[str, Any] = {"region_name": "eu-central-1"}
    ours, theirs = (session.create_client("s3", **place) for session in (session_for(["s3"]), get_session()))
    assert ours.meta.service_model.operation_names == theirs.meta.service_model.operation_names
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    with pytest.raises(UnknownServiceError):
        session_for(["s3"]).create_client("sqs", **place)
