"""Any message whatsoever: the starter starts an execution or puts it aside, the renderer answers with a code."""

import asyncio
import io
import json
import re
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderer.jobs.job import TokenMissingError
from renderer.jobs.job_runner import JobRunner
from renderer.log import Log
from renderer.page.picture_bytes import image_size
from shutterstep.errors import InvalidRequestError, RenderError
from shutterstep.request import parse, request_hash, validate, with_defaults
from tests.unit.request_strategies import BODIES, JSON, REQUESTS
from tests.unit.test_starter import batch, failures, starter  # noqa: F401 (a fixture)

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


# All but #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
REFUSED_BY_SQS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Clients:
    """SQS, Step Functions and S3 of the starter, which keep what they are told as the service would be sent it."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.aside: list[dict[str, Any]] = []
        self.exceptions = SimpleNamespace(ExecutionAlreadyExists=ValueError)

    def start_execution(self, **call: Any) -> None:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", call["name"])
        call["input"].encode()
        self.started.append(call["name"])

    def send_message(self, **call: Any) -> None:
        assert call["MessageAttributes"]["error_field"]["StringValue"]
        for attribute in call["MessageAttributes"].values():
            assert attribute["StringValue"]
            assert not REFUSED_BY_SQS.search(attribute["StringValue"]), "SQS refuses it"
        self.aside.append(call)

    def put_object(self, **call: Any) -> None:
        assert call["Body"]


@EXAMPLES
@given(body=BODIES)
def test_the_starter_starts_any_message_or_puts_it_aside_with_its_field(
    starter: ModuleType,  # noqa: F811
    body: str,
) -> None:
    clients = Clients()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("sfn", "sqs", "s3"):
            patch.setattr(starter, name, clients)
        answer = starter.handler(batch(body), SimpleNamespace(**CONTEXT))
    assert failures(answer) == []
    assert len(clients.started) + len(clients.aside) == 1


CONTEXT = {
    "function_name": "starter",
    "memory_limit_in_mb": 512,
    "invoked_function_arn": "arn",
    "aws_request_id": "request",
}


@EXAMPLES
@given(body=BODIES)
def test_a_message_is_a_request_or_an_error_that_can_be_written_down(body: str) -> None:
    try:
        request = parse(body)
    except InvalidRequestError as error:
        f"{error.message} {error.field}".encode()
        return
    assert re.fullmatch("[0-9a-f]{64}", request_hash(request))
    json.dumps(request, ensure_ascii=False, allow_nan=False).encode()


@EXAMPLES
@given(request=REQUESTS)
def test_a_request_with_its_defaults_written_out_is_the_same_request(request: dict[str, Any]) -> None:
    try:
        validate(request)
    except InvalidRequestError:
        return
    assert request_hash(json.loads(json.dumps(request))) == request_hash(request)
    assert request_hash(with_defaults(request)) == request_hash(request)


@EXAMPLES
@given(job=st.one_of(JSON, st.fixed_dictionaries({"token": st.just("t")}, optional={"request": JSON, "output": JSON})))
def test_any_job_ends_with_a_code(job: Any) -> None:
    async def never(_: Any) -> Any:
        raise AssertionError("nothing valid can be drawn")

    work = JobRunner(never, SimpleNamespace(), 10)  # pyright: ignore[reportArgumentType]
    try:
        outcome = asyncio.run(work.outcome(json.dumps(job), lambda: None, Log(io.StringIO())))
    except TokenMissingError:
        return
    assert isinstance(outcome, RenderError)
    assert outcome.code.startswith("Render.")


@EXAMPLES
@given(body=st.binary(max_size=300) | st.binary(max_size=60).map(lambda rest: b"%PDF-" + rest))
def test_bytes_that_are_no_picture_are_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="PDF"):
        image_size(body)
