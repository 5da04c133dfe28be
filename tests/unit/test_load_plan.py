"""What a load test sends and when."""

import json
from collections import Counter

import pytest

from shutterstep.errors import InvalidRequestError
from shutterstep.request import parse
from shutterstep_cli.load.load_plan import STANDARD, MixError, due_times, parse_mix, plan

URLS = ["http://127.0.0.1/a", "http://127.0.0.1/b"]


def test_a_mix_has_the_kinds_it_was_asked_for() -> None:
    messages = plan(2000, "load-x-", URLS, parse_mix("unique=50,duplicate=30,invalid=10,failing=10"), seed=3)
    counts = Counter(message.kind for message in messages)
    assert counts["duplicate"] == pytest.approx(600, abs=80)
    assert counts["invalid"] == pytest.approx(200, abs=50)
    assert counts["failing"] == pytest.approx(200, abs=50)


def test_a_duplicate_repeats_an_earlier_message() -> None:
    seen: set[str] = set()
    for message in plan(300, "load-x-", URLS, STANDARD, seed=1):
        assert (message.body in seen) == (message.kind == "duplicate")
        seen.add(message.body)


def test_only_invalid_messages_are_invalid() -> None:
    for message in plan(200, "load-x-", URLS, STANDARD, seed=1):
        if message.kind == "invalid":
            with pytest.raises(InvalidRequestError, match="no_such_option"):
                parse(message.body)
        else:
            assert parse(message.body)["id"] == message.id


def test_all_duplicates_have_one_id() -> None:
    messages = plan(50, "load-x-", URLS, one_id=True)
    assert len({json.loads(message.body)["id"] for message in messages}) == 1


def test_without_a_rate_all_are_due_at_once() -> None:
    assert due_times(3, None, 0) == [0, 0, 0]


def test_a_rate_spaces_the_messages() -> None:
    assert due_times(4, 2, 0) == [0, 0.5, 1.0, 1.5]


def test_a_ramp_reaches_the_rate_and_keeps_it() -> None:
    times = due_times(200, 10, 10)
    assert times == sorted(times)
    assert sum(at < 10 for at in times) == pytest.approx(50, abs=1), "half of what the full rate would have sent"
    assert times[150] - times[149] == pytest.approx(0.1)
    assert times[1] - times[0] > 1


@pytest.mark.parametrize("text", ["unique", "unique=x", "colour=3,unique=1", "unique=0,duplicate=1", "unique=-1"])
def test_a_wrong_mix_is_an_error_that_says_what_is_expected(text: str) -> None:
    with pytest.raises(MixError, match=r"unique"):
        parse_mix(text)
