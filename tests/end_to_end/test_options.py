"""The options of a request, on the pages of tests/pages: what each does, and the error it can end with."""

import io
from typing import Any

import pytest
from PIL import Image

from renderer.page.render import Picture
from tests.end_to_end.studio import BLUE, GREEN, RED, YELLOW, Studio, area_of, pixels
from tests.pages.server import Pages


def test_elements_are_hidden_clicked_awaited_and_clipped(studio: Studio, pages: Pages) -> None:
    address = f"{pages.origin}/crowded.html"
    changed, element, clip, scripted = studio.pictures(
        {"url": address, "hideSelectors": [".red"], "clickSelectors": ["button"], "waitForSelector": ".late"},
        {"url": address, "selector": ".green"},
        {"url": address, "clip": {"x": 0, "y": 50, "width": 100, "height": 100}},
        {
            "url": address,
            "css": ".red { background: #0000ff !important }",
            "javascript": "document.title = await 'run'",
        },
    )
    assert pixels(changed, (50, 50), (50, 150), (50, 250)) == [GREEN, BLUE, YELLOW]
    assert ((element.width, element.height), area_of(element, GREEN)) == ((100, 100), 10_000)
    assert pixels(clip, (50, 25), (50, 75)) == [RED, GREEN]
    assert (pixels(scripted, (50, 50)), scripted.title) == ([BLUE], "run")


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"selector": "#nowhere"}, "Render.SelectorNotFound", ""),
        ({"waitForSelector": "#nowhere"}, "Render.SelectorNotFound", ""),
        ({"selector": ">>"}, "Render.InvalidRequest", "selector"),
        ({"hideSelectors": [".red", "!"]}, "Render.InvalidRequest", "hideSelectors.1"),
        ({"clickSelectors": ["("]}, "Render.InvalidRequest", "clickSelectors.0"),
        ({"javascript": "nothing.there"}, "Render.InvalidRequest", "javascript"),
        ({"timezone": "Mars/Olympus"}, "Render.InvalidRequest", "timezone"),
    ],
)
def test_what_the_page_cannot_give_is_an_error_of_its_option(
    studio: Studio, pages: Pages, options: dict[str, Any], code: str, field: str
) -> None:
    error = studio.error(f"{pages.origin}/crowded.html", timeoutMs=4000, **options)
    assert (error.code, getattr(error, "field", "")) == (code, field)


def test_a_device_brings_its_window_scale_and_agent(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/blue.html?phone", device="iPhone 15")
    assert (picture.width, picture.height) == (393 * 3, 659 * 3)
    assert "iPhone" in pages.headers_of("/blue.html")[-1]["user-agent"]


def test_each_format_is_what_it_says(studio: Studio, pages: Pages) -> None:
    formats = ("png", "jpeg", "webp", "pdf")
    shots = studio.pictures(*({"url": f"{pages.origin}/sticky.html?rows=9", "format": name} for name in formats))
    assert [Image.open(_file(shot)).format for shot in shots[:3]] == ["PNG", "JPEG", "WEBP"]
    assert shots[3].body.startswith(b"%PDF-")
    assert (shots[3].width, shots[3].height, shots[3].content_type) == (596, 842, "application/pdf")
    assert shots[3].details["pages"] == 3


def test_html_of_the_request_is_a_page_without_an_address(studio: Studio) -> None:
    (picture,) = studio.pictures({"html": "<title>given</title><body style='margin:0;background:#00ff00'>"})
    assert (picture.title, picture.final_url, picture.http_status) == ("given", "about:blank", 200)
    assert pixels(picture, (5, 5)) == [GREEN]


def test_the_background_can_be_left_out(studio: Studio) -> None:
    (picture,) = studio.pictures({"html": "<p>x</p>", "omitBackground": True})
    assert Image.open(_file(picture)).convert("RGBA").getpixel((1000, 700)) == (0, 0, 0, 0)


def test_a_page_that_is_blank_at_first_is_tried_once_more(studio: Studio, pages: Pages) -> None:
    late, never = studio.pictures({"url": f"{pages.origin}/blank-at-first.html"}, {"html": "<p></p>"})
    assert (pixels(late, (50, 50)), "blank" in late.details) == ([GREEN], False)
    assert never.details["blank"] is True


def test_a_result_counts_what_was_loaded(studio: Studio, pages: Pages) -> None:
    details = studio.picture(f"{pages.origin}/lazy.html", fullPage=True).details
    assert (details["requests"]["document"], details["requests"]["image"]) == (1, 3)
    assert details["bytes"]["document"] > 1000
    assert set(details["phases"]) == {"open", "navigate", "load", "prepare", "settle", "capture"}


def _file(picture: Picture) -> io.BytesIO:
    return io.BytesIO(picture.body)
