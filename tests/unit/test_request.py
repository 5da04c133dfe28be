"""The request: what the schema refuses and by which field, its defaults and its hash."""

import json
from typing import Any

import pytest

from shutterstep.errors import InvalidRequestError
from shutterstep.request import parse, request_hash, validate, with_defaults

URL = "https://example.com"


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": 5}, "url"),
        ({"url": URL, "fulPage": True}, "fulPage"),
        ({"url": URL, "viewport": {"width": 0}}, "viewport.width"),
        ({"url": URL, "viewport": {"depth": 1}}, "viewport.depth"),
        ({"url": URL, "format": "gif"}, "format"),
        ({"url": URL, "id": "a/b"}, "id"),
        ({"url": URL, "id": "x" * 129}, "id"),
        ({"url": URL, "timeoutMs": "fast"}, "timeoutMs"),
        ({"url": URL, "metadata": {"a": 1}}, "metadata.a"),
    ],
)
def test_an_invalid_request_is_refused_with_the_name_of_its_field(message: dict, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate(message)
    assert caught.value.field == field
    assert caught.value.message.startswith(f"{field}: ")


@pytest.mark.parametrize("body", ["", "{", "[1]", "null", '"https://example.com"'])
def test_a_message_that_is_no_json_object_is_refused(body: str) -> None:
    with pytest.raises(InvalidRequestError):
        parse(body)


def test_a_huge_wrong_value_makes_a_short_message() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate({"url": "x" * 100_000})
    assert len(caught.value.message) < 400


def test_the_smallest_request_is_only_a_url() -> None:
    assert parse(json.dumps({"url": URL})) == {"url": URL}


def test_defaults_fill_what_the_request_leaves_open_and_leave_the_request_alone() -> None:
    request = {"url": URL, "viewport": {"width": 400}}
    assert with_defaults(request)["viewport"] == {"width": 400, "height": 800, "deviceScaleFactor": 1}
    assert request == {"url": URL, "viewport": {"width": 400}}


def test_requests_for_the_same_picture_have_one_hash() -> None:
    spelled_out = {"fullPage": False, "url": URL, "format": "png", "id": "a", "reuse": "never", "metadata": {"a": "b"}}
    assert request_hash(spelled_out) == request_hash({"url": URL})


def test_requests_for_different_pictures_have_different_hashes() -> None:
    assert request_hash({"url": URL, "fullPage": True}) != request_hash({"url": URL})


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"url": "example.com"}, "url: must begin with http:// or https:// and have a host: did you mean https://ex"),
        ({"url": "user:secret@example.com"}, "url: must begin with http:// or https:// and have a host"),
        ({"url": "https://a.b", "fulPage": True}, "fulPage: unknown field: did you mean fullPage?"),
        ({"url": "https://a.b", "full_page": True}, "full_page: unknown field: did you mean fullPage?"),
        ({"url": "https://a.b", "viewport": {"widht": 1}}, "viewport.widht: unknown field: did you mean width?"),
        ({"url": "https://a.b", "format": "jpg"}, "format: must be one of png, jpeg, webp, pdf: did you mean jpeg?"),
        ({"url": "https://a.b", "viewport": {"width": "9"}}, "viewport.width: must be a whole number"),
        ({"url": "https://a.b", "viewport": {"width": 9999}}, "viewport.width: must be at most 7,680"),
        ({"url": "https://a.b", "id": "a/b"}, "id: must be 1 to 128 letters, digits, dots, underscores or hyphens"),
        ({"url": "https://a.b", "headers": {"X": "secret\n"}}, "headers.X: must be printable ASCII text"),
        ({"url": "https://a.b", "cookies": [{"name": "secret"}]}, "cookies.0.value: is missing"),
        ([1], "message: must be a JSON object"),
    ],
)
def test_an_invalid_request_is_told_in_words_without_patterns_or_secrets(message: Any, words: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate(message)
    said = caught.value.message
    assert said.startswith(words)
    assert "secret" not in said
    assert not set(said) & set("^$\\[{")


SAME_PICTURE = [
    ({"block": ["ads", "fonts"]}, {"block": ["fonts", "ads"]}),
    ({"failOnStatus": [404, "5xx"]}, {"failOnStatus": ["5xx", 404.0]}),
    ({"hideSelectors": []}, {}),
    ({"clickSelectors": [], "cookies": [], "headers": {}, "viewport": {}}, {}),
    ({"hideSelectors": ["a", "b"]}, {"hideSelectors": ["b", "a"]}),
    ({"headers": {"X-Key": "a"}}, {"headers": {"x-key": "a"}}),
    ({"locale": "de-DE"}, {"locale": "DE-de"}),
    ({"url": "http://a"}, {"url": "HTTP://A:80/"}),
    ({"url": "https://u:P@a?Q"}, {"url": "https://u:P@A:443/?Q"}),
    ({"clip": {"x": 0, "y": 0, "width": 9, "height": 9}}, {"clip": {"x": 0.0, "y": 0, "width": 9.0, "height": 9}}),
]


@pytest.mark.parametrize(("one", "other"), SAME_PICTURE, ids=str)
def test_what_makes_no_difference_to_the_picture_makes_none_to_the_hash(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert request_hash({"url": "http://a/"} | one) == request_hash({"url": "http://a/"} | other)


def test_clicks_in_another_order_are_another_picture() -> None:
    first, second = ({"url": "http://a/", "clickSelectors": order} for order in (["a", "b"], ["b", "a"]))
    assert request_hash(first) != request_hash(second)
