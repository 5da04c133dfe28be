"""The requests that the flags of `shutterstep capture` make."""

from pathlib import Path

import pytest
import typer

from shutterstep_cli.verbs.capture_options import given_options, requests_for, with_flags

URL = "https://example.com"


def test_a_flag_wins_over_the_options_and_leaves_the_others() -> None:
    options = given_options('{"locale": "vi-VN", "format": "jpeg", "viewport": {"width": 400, "height": 300}}')
    flags = {"format": "webp", "quality": None, "fullPage": False, "block": [], "viewport": {"width": 500}}
    assert with_flags(options, flags) == {
        "locale": "vi-VN",
        "format": "webp",
        "viewport": {"width": 500, "height": 300},
    }


def test_options_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text('{"locale": "vi-VN"}')
    assert given_options(str(file)) == {"locale": "vi-VN"}


@pytest.mark.parametrize("text", ["{", "[1]", "/nowhere/options.json", ""])
def test_options_that_are_none_are_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        given_options(text)


def test_each_page_has_a_request_with_the_same_options(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<h1>Hi</h1>")
    assert requests_for([URL], [file], {"format": "pdf"}) == [
        {"url": URL, "format": "pdf"},
        {"html": "<h1>Hi</h1>", "format": "pdf"},
    ]


def test_the_page_may_stand_in_the_options() -> None:
    assert requests_for([], [], {"url": URL, "format": "pdf"}) == [{"url": URL, "format": "pdf"}]


@pytest.mark.parametrize(("urls", "options"), [([], {}), ([URL, URL], {"id": "one"})])
def test_no_page_and_one_id_for_two_pages_are_wrong_usage(urls: list[str], options: dict) -> None:
    with pytest.raises(typer.BadParameter):
        requests_for(urls, [], options)
