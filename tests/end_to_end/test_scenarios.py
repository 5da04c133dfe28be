"""The scenarios a renderer must pass, on the pages of tests/pages: what is on the picture, and what the result says.

Addresses inside the network, the twelfth, have tests of their own where the guard is.
"""

import os
import subprocess
from typing import Any

import pytest
from PIL import Image

from renderer.page.render import Picture
from shutterstep.errors import RenderError
from tests.end_to_end.studio import BLUE, GREEN, MAGENTA, RED, YELLOW, Studio, area_of, image, ink, pixels
from tests.pages.server import Pages, serve_pages


def code(outcome: Picture | RenderError) -> str:
    return outcome.code if isinstance(outcome, RenderError) else "a picture"


# 1. Lazy content


def test_lazy_content_is_painted_and_the_page_is_back_at_its_top(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/lazy.html", fullPage=True)
    assert pixels(picture, (50, 1550), (50, 3050), (50, 4550)) == [RED, GREEN, BLUE]
    assert picture.title == "at 0"
    assert picture.details["truncated"] is False


# 2. What sticks to the window


@pytest.mark.parametrize("rows", [20, 100])
def test_what_sticks_to_the_window_is_there_once_and_the_hero_is_not_stretched(
    studio: Studio, pages: Pages, rows: int
) -> None:
    picture = studio.picture(f"{pages.origin}/sticky.html?rows={rows}", fullPage=True)
    assert picture.height == 800 + 30 + rows * 200
    areas = [area_of(picture, colour) for colour in (RED, GREEN, BLUE, MAGENTA, (238, 238, 238))]
    assert areas == [1280 * 40, 1280 * 30, 1280 * 40, 50 * 50, 1280 * 720 - 50 * 50]


# 3. Pages without an end


def test_an_endless_page_ends_at_its_maximum_height(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/endless.html", fullPage=True, maxHeight=5000)
    assert (picture.height, picture.details["truncated"]) == (5000, True)
    assert pixels(picture, (5, 5), (5, 1505), (5, 4995)) == [RED, GREEN, GREEN]


def test_an_endless_page_ends_with_the_time(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/endless.html", fullPage=True, timeoutMs=6000)
    assert picture.details["truncated"] is True
    assert picture.height > 1500


# 4. Fonts


def has_every_font() -> bool:
    """A laptop may lack them, as `make setup` says; the image may not, nor where everything is tested."""
    languages = ("ja", "zh", "ko", "ar", "vi", "und-zsye")
    listed = (subprocess.run(["fc-list", f":lang={tag}"], capture_output=True, check=False) for tag in languages)
    return any(os.environ.get(name) for name in ("CI", "SHUTTERSTEP_IMAGE")) or all(found.stdout for found in listed)


@pytest.mark.skipif("not has_every_font()", reason="fonts are missing; `make setup` says which")
def test_every_script_has_its_letters(studio: Studio, pages: Pages) -> None:
    shown = image(studio.picture(f"{pages.origin}/fonts.html", viewport={"width": 600, "height": 700}))
    lines = [shown.crop((0, place * 100, 600, place * 100 + 100)) for place in range(7)]
    box = lines[6].crop((0, 0, 64, 100))
    for line in lines[:5]:
        assert ink(line) > 1000
        assert not is_in(box, line)
    saturation = lines[5].convert("HSV").getchannel("S")
    assert sum(saturation.histogram()[128:]) > 1000, "the emoji have no colour"


def is_in(box: Image.Image, line: Image.Image) -> bool:
    """Whether the frame of the box that stands for a missing letter is somewhere in the line."""
    left, top, right, bottom = box.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox() or (0, 0, 0, 0)
    if right - left < 10:
        return False
    wanted = box.crop((left, top, right, bottom)).tobytes()
    size = (right - left, bottom - top)
    return any(line.crop((x, top, x + size[0], top + size[1])).tobytes() == wanted for x in range(600 - size[0]))


def test_a_web_font_that_stalls_costs_three_seconds_and_the_text_is_there(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/stalled-font.html")
    assert ink(image(picture)) > 5000
    assert picture.details["deadlineReached"] is False
    assert picture.details["phases"]["settle"] < picture.details["phases"]["load"], "it was waited for twice"


# 5. Frames and dialogs


def test_frames_are_painted_and_dialogs_answered(studio: Studio, pages: Pages) -> None:
    picture = studio.picture(f"{pages.origin}/frames.html")
    assert pixels(picture, (150, 150), (50, 50), (50, 250), (50, 450)) == [RED, GREEN, BLUE, YELLOW]


# 6. Pages that never come to rest


def test_pages_that_never_come_to_rest_are_pictured_at_the_deadline(studio: Studio, pages: Pages) -> None:
    usual = {"timeoutMs": 5000}
    shots = studio.pictures(
        {"url": f"{pages.origin}/never-idle.html", "waitUntil": "networkidle", **usual},
        {"url": f"{pages.origin}/stalled-image.html", **usual},
        {"url": f"{pages.origin}/drip", **usual},
    )
    assert [pixels(shot, (1000, 700)) for shot in shots] == [[GREEN]] * 3
    assert [shot.details["deadlineReached"] for shot in shots] == [True] * 3


def test_an_open_stream_does_not_hold_up_the_load_event(studio: Studio, pages: Pages) -> None:
    assert studio.picture(f"{pages.origin}/never-idle.html").details["deadlineReached"] is False


def test_a_page_of_which_nothing_comes_is_a_timeout(studio: Studio, pages: Pages) -> None:
    assert studio.error(f"{pages.origin}/stall", timeoutMs=2000).code == "Render.Timeout"


def test_a_page_in_an_endless_loop_fails_alone(studio: Studio, pages: Pages) -> None:
    spinning, other = studio.outcomes(
        {"url": f"{pages.origin}/spin.html", "timeoutMs": 3000}, {"url": f"{pages.origin}/blue.html"}
    )
    assert (code(spinning), code(other)) == ("Render.Timeout", "a picture")


# 7. Redirects and status


def test_every_kind_of_redirect_ends_at_its_page_and_is_listed(studio: Studio, pages: Pages) -> None:
    chain = "/redirect?status=301&to=/redirect%3Fto%3D/blue.html"
    shots = studio.pictures(
        *({"url": pages.origin + path} for path in (chain, "/meta-refresh.html", "/script-redirect.html"))
    )
    assert [(shot.final_url, shot.http_status) for shot in shots] == [(f"{pages.origin}/blue.html", 200)] * 3
    assert [pixels(shot, (5, 5)) for shot in shots] == [[BLUE]] * 3
    assert [hop["status"] for hop in shots[0].details["redirects"]] == [301, 302]
    assert [hop["url"] for hop in shots[1].details["redirects"]] == [f"{pages.origin}/meta-refresh.html"]
    assert [hop["url"] for hop in shots[2].details["redirects"]] == [f"{pages.origin}/script-redirect.html"]


def test_an_error_page_is_a_picture_unless_the_request_refuses_its_status(studio: Studio, pages: Pages) -> None:
    missing, broken = f"{pages.origin}/status?code=404", f"{pages.origin}/status?code=500"
    outcomes = studio.outcomes(
        {"url": missing},
        {"url": broken, "failOnStatus": [404]},
        {"url": missing, "failOnStatus": [404]},
        {"url": broken, "failOnStatus": ["5xx"]},
    )
    assert [code(outcome) for outcome in outcomes] == ["a picture"] * 2 + ["Render.HttpStatus"] * 2


def test_a_redirect_loop_and_a_missing_tls_have_their_codes(studio: Studio, pages: Pages) -> None:
    outcomes = studio.outcomes(
        {"url": f"{pages.origin}/loop"}, {"url": pages.origin.replace("http:", "https:") + "/blue.html"}
    )
    assert [code(outcome) for outcome in outcomes] == ["Render.TooManyRedirects", "Render.TlsError"]


# 8. Secrets


def test_the_right_name_and_password_open_the_page(studio: Studio, pages: Pages) -> None:
    right, wrong = {"username": "reader", "password": "open sesame"}, {"username": "reader", "password": "x"}
    address = f"{pages.origin}/who"
    shots = studio.pictures(
        {"url": address, "basicAuth": right},
        {"url": address, "basicAuth": wrong},
        {"url": address.replace("//", "//reader:open%20sesame@")},
    )
    assert [(shot.title, shot.http_status) for shot in shots] == [("in", 200), ("out", 401), ("in", 200)]
    assert "sesame" not in repr([shot.final_url for shot in shots])


def test_secrets_go_to_the_own_origin_and_nowhere_else(studio: Studio, pages: Pages) -> None:
    request: dict[str, Any] = {
        "url": f"{pages.origin}/secrets.html?other={pages.other_site}",
        "headers": {"X-Secret": "header-secret"},
        "cookies": [{"name": "session", "value": "cookie-secret"}],
        "basicAuth": {"username": "reader", "password": "open sesame"},
        "waitForSelector": ".asked",
    }
    studio.pictures(request)
    for path in ("/secrets.html", "/own"):
        (headers,) = pages.headers_of(path)
        assert (headers["x-secret"], headers["cookie"]) == ("header-secret", "session=cookie-secret")
    for path in ("/foreign", "/redirected"):
        (headers,) = pages.headers_of(path)
        assert "-secret" not in repr(headers)
        assert "authorization" not in headers


def test_cookies_do_not_go_to_another_port_of_their_host(studio: Studio, pages: Pages) -> None:
    with serve_pages() as neighbour:
        address = f"{pages.origin}/secrets.html?other={neighbour.origin}"
        studio.picture(address, cookies=[{"name": "session", "value": "v"}], waitForSelector=".asked")
        assert [headers.get("cookie") for _, headers in neighbour.seen] == [None, None]


def test_secrets_do_not_follow_the_page_to_another_origin(studio: Studio, pages: Pages) -> None:
    before = len(pages.seen)
    target = f"{pages.other_site}/blue.html?moved"
    studio.picture(f"{pages.origin}/redirect?to={target}", headers={"X-Secret": "header-secret"})
    (own, own_headers), (other, other_headers) = pages.seen[before:]
    assert (own, own_headers["x-secret"], other) == ("/redirect", "header-secret", "/blue.html")
    assert "-secret" not in repr(other_headers)


# 9. Huge pages


@pytest.mark.parametrize(("rows", "format_"), [(200, "png"), (400, "png"), (200, "jpeg")])
def test_a_huge_page_has_each_of_its_rows_once(studio: Studio, pages: Pages, rows: int, format_: str) -> None:
    picture = studio.picture(
        f"{pages.origin}/huge.html?rows={rows}",
        fullPage=True,
        format=format_,
        viewport={"width": 400, "height": 800},
    )
    assert (picture.width, picture.height) == (400, rows * 100)
    shown = image(picture)
    edges = [shown.getpixel((390, place * 100 + offset)) for place in range(rows) for offset in (2, 97)]
    wanted = [(place >> 4, (place & 15) * 16, 120) for place in range(rows) for _ in "ab"]
    near = [max(abs(a - b) for a, b in zip(found, colour, strict=True)) for found, colour in zip(edges, wanted)]  # noqa: B905
    assert max(near) <= (0 if format_ == "png" else 4)


def test_a_page_beyond_a_limit_is_cut_and_says_so(studio: Studio, pages: Pages) -> None:
    cut, whole, shorter = studio.pictures(
        {"url": f"{pages.origin}/huge.html?rows=170", "fullPage": True, "format": "webp"},
        {"url": f"{pages.origin}/huge.html?rows=401", "fullPage": True},
        {"url": f"{pages.origin}/huge.html?rows=401", "fullPage": True, "maxHeight": 1000},
    )
    assert [picture.height for picture in (cut, whole, shorter)] == [16_383, 40_100, 1000]
    assert [picture.details["truncated"] for picture in (cut, whole, shorter)] == [True, False, True]


@pytest.mark.parametrize("part", [{"clip": {"x": 0, "y": 0, "width": 400, "height": 17_000}}, {"selector": "body"}])
def test_a_part_that_a_format_does_not_hold_is_too_large(studio: Studio, pages: Pages, part: dict[str, Any]) -> None:
    error = studio.error(f"{pages.origin}/huge.html?rows=170", format="webp", **part)
    assert (error.code, "16383" in str(error)) == ("Render.TooLarge", True)


# 10. Canvas, media, motion


def test_canvas_and_media_are_as_asked(studio: Studio, pages: Pages) -> None:
    address = f"{pages.origin}/media.html"
    plain, asked = studio.pictures(
        {"url": address},
        {"url": address, "colorScheme": "dark", "reducedMotion": "reduce", "media": "print"},
    )
    places = [(50, place * 100 + 50) for place in range(6)]
    assert pixels(plain, *places) == [RED, GREEN, (255, 255, 255), GREEN, GREEN, BLUE]
    assert pixels(asked, *places) == [RED, GREEN, (34, 34, 34), RED, BLUE, BLUE]


# 11. Banners


@pytest.mark.parametrize("kind", ["own", "shadow", "frame"])
def test_a_cookie_banner_is_removed_and_the_page_scrolls_again(studio: Studio, pages: Pages, kind: str) -> None:
    address = f"{pages.origin}/banners.html?kind={kind}"
    covered, free = studio.pictures({"url": address}, {"url": address, "block": ["cookieBanners"], "fullPage": True})
    assert pixels(covered, (640, 700)) == [RED]
    assert (free.height, area_of(free, GREEN)) == (2000, 1280 * 2000)
    (removed,) = free.details["removed"]
    assert removed["kind"] == "cookieBanner"
    assert removed["by"] == ("frame" if kind == "frame" else "overlay")


def test_ads_trackers_and_pictures_are_not_loaded(studio: Studio, pages: Pages) -> None:
    address = f"{pages.origin}/advertised.html"
    listed, plain = studio.pictures(
        {"url": address, "block": ["ads", "trackers"]}, {"url": address, "block": ["images"], "waitUntil": "load"}
    )
    assert set(listed.title.split()) == {"advertised", "no-ad", "no-tracker"}
    assert listed.details["blocked_requests"] == {"ads": 1, "trackers": 1}
    assert plain.details["blocked_requests"]["images"] == 1
