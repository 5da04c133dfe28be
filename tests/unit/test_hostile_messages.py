"""Messages made to be slow, to break the answer to them, or to reveal a secret in an error."""

import gc
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shutterstep.errors import InvalidRequestError
from shutterstep.request import parse, schema
from tests.unit.test_fuzz import CONTEXT, Clients
from tests.unit.test_starter import batch, failures, starter  # noqa: F401 (a fixture)

MESSAGE_BYTES = 1_048_576
FIELDS = sorted(schema()["properties"])
# Of the processor's time of this thread: other programs of the machine, and other tests' threads, do not count.
SECONDS = 1.0
# ruff: noqa: E501 (a message a line)
ATOMS = ["1", "-1", "0.5", "1e308", "null", "true", '""', '"a"', '"4xx"', "[]", "{}", "[1]", '{"a": 1}', '{"a": [{"b": 1}]}',
         '{"name": 1}', '{"name": "a", "value": "b"}', '"http://a"', '"\\u0000"', '"\\ud800"']  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def nothing_else_is_collected() -> Iterator[None]:
    """Python does not search the thousands of tests this process holds each time a message makes many lists."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def cpu_seconds(body: str) -> float:
    started = time.thread_time()
    with suppress(InvalidRequestError):
        parse(body)
    return time.thread_time() - started


def filled(before: str, atom: str, between: str, after: str) -> str:
    """As many atoms as a message of SQS holds."""
    count = (MESSAGE_BYTES - len(before) - len(after)) // (len((atom + between).encode()) or 1)
    return before + between.join([atom] * count) + after


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(field=st.sampled_from(FIELDS), atom=st.sampled_from(ATOMS))
@example(field="failOnStatus", atom="[1]")
@example(field="block", atom="{}")
@example(field="cookies", atom='{"name": 1}')
def test_no_list_of_a_message_is_slow(field: str, atom: str) -> None:
    assert cpu_seconds(filled(f'{{"url": "http://a", "{field}": [', atom, ",", "]}")) < SECONDS


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    field=st.sampled_from(FIELDS),
    letter=st.sampled_from(["a", " ", "/", "-", "%", "é", "0", ".", ":", "@", "a/", "-a", "\\n"]),
)
@example(field="timezone", letter="a/")
@example(field="locale", letter="-a")
def test_no_text_of_a_message_is_slow(field: str, letter: str) -> None:
    begins = "http://" if field == "url" else ""
    assert cpu_seconds(filled(f'{{"url": "http://a", "{field}": "{begins}', letter, "", '"}')) < SECONDS
    assert cpu_seconds(filled('{"url": "http://a", "', letter, "", '": 1}')) < SECONDS


@pytest.mark.parametrize("field", [*FIELDS, ""])
def test_no_object_of_a_message_is_slow(field: str) -> None:
    names = ",".join(f'"{number:06}": {{}}' for number in range(80_000))
    assert cpu_seconds(f'{{"{field}": {{{names}}}}}' if field else f"{{{names}}}") < SECONDS


@pytest.mark.parametrize("body", ["[" * 500_000, '{"a":' * 150_000, "[" * 900 + "]" * 900, '{"block": ' + "[" * 900 + "]" * 900 + "}",
                                  '{"metadata": ' + '{"a":' * 900 + "1" + "}" * 901, "1" * MESSAGE_BYTES, "9" * 4000, "1e" + "9" * 9999])  # fmt: skip
def test_a_message_without_sense_is_an_invalid_one(body: str) -> None:
    started = time.thread_time()
    with pytest.raises(InvalidRequestError):
        parse(body)
    assert time.thread_time() - started < SECONDS


def aside(starter: ModuleType, body: str) -> dict[str, Any]:  # noqa: F811
    """The call by which the starter puts a message aside."""
    clients = Clients()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("sfn", "sqs", "s3"):
            patch.setattr(starter, name, clients)
        assert failures(starter.handler(batch(body), SimpleNamespace(**CONTEXT))) == []
    (call,) = clients.aside
    return call


ODD_NAMES = [
    "\x00",
    "\x1b[2J",
    "a\nb",
    "\x9b31m",
    "\ud800",
    "\ufffe",
    "\u202eabc",
    "x" * 200_000,
    "é" * 100_000,
    "\x7f",
]


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: ascii(name[:8]))
def test_every_refused_message_is_put_aside_with_attributes_that_sqs_takes(starter: ModuleType, name: str) -> None:  # noqa: F811
    for body in ({name: 1}, {"url": "http://a", "headers": {name: "a\n"}}, {"url": "http://a", "cookies": [{name: 1}]}):
        attributes = aside(starter, json.dumps(body))["MessageAttributes"]
        texts = [attribute["StringValue"] for attribute in attributes.values()]
        assert all(text and text.isprintable() and len(text) < 500 for text in texts)


@pytest.mark.parametrize("letter", ["a", "é", "\U0001f600"])
def test_a_refused_message_as_large_as_sqs_takes_has_its_reason_beside_it(starter: ModuleType, letter: str) -> None:  # noqa: F811
    body = '{"unknown": "' + letter * ((MESSAGE_BYTES - 20) // len(letter.encode())) + '"}'
    call = aside(starter, body)
    attributes = call["MessageAttributes"]
    size = len(call["MessageBody"].encode()) + sum(
        len((name + one["DataType"] + one["StringValue"]).encode()) for name, one in attributes.items()
    )
    assert size <= MESSAGE_BYTES
    assert attributes["error_field"]["StringValue"] == "unknown"


SECRET = "hunter2-sk_live_51"
TELLING: list[dict[str, Any]] = [
    {"url": "http://a", "headers": {"Authorization": f"Bearer {SECRET}\n"}},
    {"url": "http://a", "headers": {f"Authorization: {SECRET}": "a"}},
    {"url": "http://a", "headers": {SECRET: 1}},
    {"url": "http://a", "headers": f"Authorization: {SECRET}"},
    {"url": "http://a", "headers": [SECRET]},
    {"url": "http://a", "basicAuth": SECRET},
    {"url": "http://a", "basicAuth": {"username": "a", "password": [SECRET]}},
    {"url": "http://a", "basicAuth": {SECRET: ""}},
    {"url": "http://a", "basicAuth": {"username": "a", "password": SECRET * 100}},
    {"url": "http://a", "cookies": SECRET},
    {"url": "http://a", "cookies": [SECRET]},
    {"url": "http://a", "cookies": [{SECRET: 1}]},
    {"url": "http://a", "cookies": [{"name": "a", "value": f"{SECRET};"}]},
    {"url": "http://a", "cookies": [{"name": "a", "value": "b", "sameSite": SECRET}]},
    {"url": "http://a", "cookies": {SECRET: SECRET}},
    {"url": f"http://u:{SECRET}@a\n"},
    {"url": f"http://u:{SECRET}@"},
    {"url": f"http://u:{SECRET}@[::1"},
    {"url": f"http://u:{SECRET}@a:99999/"},
    {"url": f"ftp://u:{SECRET}@a/"},
    {"url": f"a.example/?token={SECRET}"},
    {"url": f"{SECRET}@a.example"},
    {"url": [SECRET]},
    {"url": f"http://u:{SECRET}@a/", "basicAuth": {"username": "a", "password": SECRET}},
    {"html": "a", "headers": {"A": SECRET}},
    {"url": "http://a", SECRET: 1},
    {"url": "http://a", f"Authorization: Bearer {SECRET}": ""},
    {"url": "http://a", SECRET: [1] * 2000},
    {"url": "http://a", "viewport": {SECRET: 1}},
    {"url": "http://a", "metadata": {SECRET: [1]}},
    {"url": "http://a", "device": SECRET},
    {"url": f"http://u%3A{SECRET}%40a/"},
    {"url": f"http://u:{SECRET} @a b/"},
]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"url": "http://a", "url": "http://b"}', "url: a field occurs twice"),
        ('{"url": "http://a", "viewport": {"width": 400, "width": 500}}', "message: a field occurs twice"),
        ('{"url": "http://a", "headers": {"X-Key": "a", "x-key": "b"}}', "headers: has a header twice"),
    ],
)
def test_a_message_that_two_programs_read_in_two_ways_is_refused(body: str, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        parse(body)


@pytest.mark.parametrize("message", TELLING, ids=lambda message: ascii(message)[:60])
def test_no_error_tells_a_secret(
    starter: ModuleType,  # noqa: F811
    message: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parse(json.dumps(message))
    assert SECRET not in f"{raised.value.message} {raised.value.field}"
    attributes = aside(starter, json.dumps(message))["MessageAttributes"]
    assert SECRET not in json.dumps(attributes)
    assert SECRET not in "".join(capsys.readouterr())
