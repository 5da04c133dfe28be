"""The job of the renderer: what a task or a message may say, and what is refused."""

import asyncio
import io
import json
from typing import Any

import pytest

from renderer.jobs.job import ObjectAddress, TokenMissingError, parse_job
from renderer.jobs.job_runner import JobRunner
from renderer.limits import Limits
from renderer.log import Log
from renderer.settings import read_limits
from shutterstep.errors import InvalidRequestError, TooLargeError

OUTPUT = {"bucket": "shots", "key": "shots/a/1.png"}


def job_text(**changes: object) -> str:
    return json.dumps({"token": "t", "request": {"url": "https://example.com"}, "output": OUTPUT} | changes)


def test_a_job_names_its_token_request_and_output() -> None:
    job = parse_job(job_text())
    assert (job.token, job.request, job.output) == (
        "t",
        {"url": "https://example.com"},
        ObjectAddress("shots", "shots/a/1.png"),
    )


def test_a_job_may_point_to_its_request() -> None:
    job = parse_job(job_text(request=None, request_reference={"bucket": "b", "key": "requests/1.json"}))
    assert job.request_reference == ObjectAddress("b", "requests/1.json")


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"token": ""}', '{"token": 5}'])
def test_a_job_without_a_token_can_be_answered_to_nobody(text: str) -> None:
    with pytest.raises(TokenMissingError):
        parse_job(text)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"request": None}, "request"),
        ({"request": "https://example.com"}, "request"),
        ({"request_reference": {"bucket": "b", "key": "k"}}, "request"),
        ({"request": None, "request_reference": {"bucket": "b"}}, "request_reference"),
        ({"output": {"bucket": "b"}}, "output"),
        ({"output": None}, "output"),
    ],
)
def test_a_wrong_job_names_the_field_at_fault(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_job(job_text(**changes))
    assert caught.value.field == field


def test_the_limits_of_a_picture_are_the_operators() -> None:
    assert read_limits({"MAX_PICTURE_SIDE": "20000"}) == Limits(side=20_000)
    with pytest.raises(TooLargeError, match="20000"):
        read_limits({"MAX_PICTURE_SIDE": "20000"}).check(400, 20_001, "png")


def test_the_token_and_the_request_never_show_in_a_repr() -> None:
    job = parse_job(job_text(token="secret-token", request={"url": "https://secret-host"}))
    assert "secret" not in repr(job)


def test_an_error_that_nobody_expected_is_logged_by_its_place_and_not_in_its_words() -> None:
    async def render(_request: Any) -> Any:
        raise KeyError("Bearer hunter2")

    stream = io.StringIO()
    work = JobRunner(render, storage=None, beat_seconds=10)  # type: ignore[arg-type]
    outcome = asyncio.run(work.outcome(job_text(), lambda: None, Log(stream)))
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert (line["event"], line["kind"]) == ("unexpected_error", "KeyError")
    assert line["where"][-1].startswith("test_renderer_job.py:")
    assert "hunter2" not in f"{outcome}{stream.getvalue()}"
