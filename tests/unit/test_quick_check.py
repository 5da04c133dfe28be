"""The quick check accepts nothing that jsonschema refuses, and accepts usual requests without loading it."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shutterstep.quick_check import KEYWORDS, NOTES, surely_fits
from shutterstep.request import schema
from tests.unit.request_strategies import JSON, REQUESTS, fitting

SCHEMA: dict[str, Any] = schema()
EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NODES: dict[str, Any] = SCHEMA["properties"]
# Values on both sides of each keyword: what differs by type alone, and what stands at a limit.
VALUES = st.sampled_from(
    [
        *(True, False, 0, 1, 1.0, 399, 400, 599, 600, float("nan"), None, "", "4xx", "a" * 64, "a" * 65),
        *([], [1, True], [1, 1.0], [[1], [1]], ["ads", "ads"]),
        *({}, {"width": True}, {"width": 1.0}, {"a": 1}, {"": "x"}, {"name": "a"}),
    ]
)


@EXAMPLES
@given(message=REQUESTS | JSON)
def test_it_accepts_no_message_that_jsonschema_refuses(message: Any) -> None:
    assert not surely_fits(message, SCHEMA) or Draft202012Validator(SCHEMA).is_valid(message)


@EXAMPLES
@given(name=st.sampled_from(list(NODES)), value=VALUES | JSON)
def test_it_accepts_no_value_of_an_option_that_jsonschema_refuses(name: str, value: Any) -> None:
    assert not surely_fits(value, NODES[name]) or Draft202012Validator(NODES[name]).is_valid(value)


@EXAMPLES
@given(data=st.data(), name=st.sampled_from(list(NODES)))
def test_it_accepts_what_jsonschema_accepts_but_for_whole_numbers_with_a_fraction(data: Any, name: str) -> None:
    value = data.draw(fitting(NODES[name]))
    assert surely_fits(value, NODES[name]) or not Draft202012Validator(NODES[name]).is_valid(value)


@pytest.mark.parametrize("keyword", ["not", "if", "$ref", "const", "patternProperties"])
def test_a_keyword_it_does_not_know_gives_no_answer(keyword: str) -> None:
    assert keyword not in KEYWORDS
    assert keyword not in NOTES
    assert not surely_fits(1, {keyword: {}})


def test_a_usual_request_is_validated_without_loading_jsonschema() -> None:
    code = """
import sys
from shutterstep.errors import InvalidRequestError
from shutterstep.request import validate
validate({"url": "https://example.com", "fullPage": True, "headers": {"X-Team": "a"}, "block": ["ads"]})
before = "jsonschema" in sys.modules
try:
    validate({"url": 5})
except InvalidRequestError as error:
    print(before, "jsonschema" in sys.modules, error.field)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True url\n"
