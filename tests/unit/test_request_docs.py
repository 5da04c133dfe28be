"""docs/REQUEST.md says of each option what the schema says, and its examples are requests."""

import json
from typing import Any

import pytest

from shutterstep.item import RESULT_FIELDS
from shutterstep.request import schema, validate
from tools.request_docs import FILE, document

OPTIONS = schema()["properties"]

# What an example needs beside it to be a request.
BESIDE: dict[str, dict[str, Any]] = {
    "html": {},
    "maxHeight": {"url": "https://example.com", "fullPage": True},
    "quality": {"url": "https://example.com", "format": "jpeg"},
    "url": {},
}


def test_the_table_is_the_schemas() -> None:
    text = FILE.read_text("utf-8")
    assert text == document(text), "run `make docs`"


@pytest.mark.parametrize("name", OPTIONS)
def test_the_example_of_an_option_is_a_request(name: str) -> None:
    (example,) = OPTIONS[name]["examples"]
    validate(BESIDE.get(name, {"url": "https://example.com"}) | {name: example})


@pytest.mark.parametrize("name", OPTIONS)
def test_a_default_is_within_the_limits_of_its_option(name: str) -> None:
    default = OPTIONS[name].get("default")
    if default is not None and name != "quality":
        validate({"url": "https://example.com", name: default})


def test_every_field_of_the_result_is_told() -> None:
    text = FILE.read_text("utf-8")
    missing = [name for name in (*RESULT_FIELDS, "details", "deadlineReached", "phases") if f"`{name}`" not in text]
    assert missing == []


def test_the_smallest_request_of_the_document_is_one() -> None:
    validate(json.loads(FILE.read_text("utf-8").split("The smallest is `")[1].split("`")[0]))
