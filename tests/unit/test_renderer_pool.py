"""What a worker of the pool is told by its environment, and the output key of each delivery."""

import json

import pytest

from renderer.jobs.job import with_key_of_its_own
from renderer.settings import read_pool_settings
from shutterstep.errors import MisconfiguredError

QUEUE = {"RENDER_QUEUE_URL": "https://sqs/jobs"}


def test_a_process_with_a_job_is_no_worker_whatever_queue_it_knows() -> None:
    assert read_pool_settings({**QUEUE, "JOB": "{}"}) is None
    assert read_pool_settings({}) is None


def test_a_worker_has_the_templates_values_where_nothing_is_said() -> None:
    settings = read_pool_settings(QUEUE)
    assert settings is not None
    assert (settings.concurrency, settings.max_receives, settings.visibility_seconds) == (2, 3, 60)
    assert (settings.beat_seconds, settings.grace_seconds) == (10, 110)


@pytest.mark.parametrize("name", ["POOL_CONCURRENCY", "POOL_MAX_RECEIVES", "POOL_VISIBILITY_SECONDS"])
@pytest.mark.parametrize("value", ["two", "0", "0.5", "inf", ""])
def test_a_number_that_no_worker_could_work_with_is_an_error_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(MisconfiguredError, match=f"^{name} is '{value}'"):
        read_pool_settings({"RENDER_QUEUE_URL": "q", name: value})


def test_two_beats_may_be_lost_before_another_worker_takes_the_job() -> None:
    settings = read_pool_settings({**QUEUE, "POOL_VISIBILITY_SECONDS": "6"})
    assert settings is not None
    assert settings.beat_seconds * 3 <= settings.visibility_seconds


def test_a_worker_with_little_time_to_stop_keeps_half_of_it_for_its_pages() -> None:
    settings = read_pool_settings({**QUEUE, "POOL_STOP_SECONDS": "15"})
    assert settings is not None
    assert settings.grace_seconds == 7.5


def test_each_delivery_of_a_job_writes_its_own_key_and_all_else_stays() -> None:
    job = {"token": "t", "request": {"url": "https://example.com"}, "output": {"bucket": "b", "key": "shots/a/x-0.png"}}
    first, second = (json.loads(with_key_of_its_own(json.dumps(job))) for _ in range(2))
    keys = {first["output"].pop("key"), second["output"].pop("key")}
    del job["output"]["key"]
    assert len(keys) == 2
    assert all(key.startswith("shots/a/x-0-") and key.endswith(".png") for key in keys)
    assert first == second == job


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", '{"output": {"key": 1}}'])
def test_a_body_that_is_no_job_is_left_for_the_parser_to_refuse(body: str) -> None:
    assert with_key_of_its_own(body) == body
