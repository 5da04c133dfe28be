"""The names made from a request: execution names, keys and shards."""

import re

import pytest

from shutterstep.ids import execution_name, id_of, parse_shot_key, unfinished_shard

MESSAGE_ID = "11111111-2222-3333-4444-555555555555"


def test_a_request_without_an_id_gets_the_hash_of_its_canonical_form() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", id_of({"url": "https://example.com"}))
    assert id_of({"url": "https://example.com"}) == id_of({"url": "https://example.com", "fullPage": False})


def test_a_request_with_an_id_keeps_it() -> None:
    assert id_of({"id": "home-page", "url": "https://example.com"}) == "home-page"


def test_a_short_id_stands_whole_in_the_execution_name() -> None:
    assert execution_name("x" * 42, MESSAGE_ID) == f"{'x' * 42}--{MESSAGE_ID}"


@pytest.mark.parametrize("length", [1, 42, 43, 128])
def test_an_execution_name_fits_what_step_functions_allows(length: int) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", execution_name("x" * length, MESSAGE_ID))


def test_long_ids_that_begin_alike_have_different_execution_names() -> None:
    assert execution_name("x" * 100 + "a", MESSAGE_ID) != execution_name("x" * 100 + "b", MESSAGE_ID)


def test_the_ids_spread_over_ten_shards() -> None:
    assert {unfinished_shard(f"id-{number}") for number in range(200)} == set(range(10))


@pytest.mark.parametrize("delivery", ["", "-0123abcd", "-01234567"])
@pytest.mark.parametrize("execution", [f"a-1--{MESSAGE_ID}", f"a--{MESSAGE_ID}"[:69] + "-r0123456789"[:11]])
def test_the_key_of_a_picture_names_its_execution_in_both_modes(execution: str, delivery: str) -> None:
    assert parse_shot_key(f"shots/a-1/{execution}-2{delivery}.png") == ("a-1", execution, 2)


@pytest.mark.parametrize("key", ["", "requests/a-0.json", "shots/a", "shots/a/b.png", "shots/a/b-c.png"])
def test_another_key_is_no_picture(key: str) -> None:
    assert parse_shot_key(key) is None
