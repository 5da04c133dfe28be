"""Tries every way to reach internal addresses against the guard; and without it, to show that these tests can fail."""

import asyncio

import pytest

from renderer.browser.chromium import open_browser
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.page.render import render
from tests.security.attack import VECTORS, Reached, attack
from tests.security.one_page import serve_text
from tests.security.vector import Vector

pytestmark = [pytest.mark.security, pytest.mark.long]

REACHING = [vector for vector in VECTORS if vector.reaches]


@pytest.fixture(scope="module")
def guarded() -> dict[str, Reached]:
    return asyncio.run(attack(VECTORS, guarded=True, seconds=1.5))


@pytest.fixture(scope="module")
def unguarded() -> dict[str, Reached]:
    """The vectors that should reach their canaries; each ends as soon as it has.

    Once, on a busy machine, a browser loaded no page at all, which says nothing about the vectors; so another browser
    tries again.
    """
    reached = asyncio.run(attack(REACHING, guarded=False, seconds=10))
    return reached if any(reached.values()) else asyncio.run(attack(REACHING, guarded=False, seconds=10))


def test_nothing_reaches_a_canary_through_the_guard(guarded: dict[str, Reached]) -> None:
    assert {name: reached for name, reached in guarded.items() if reached} == {}


def test_the_attackers_pages_themselves_come_through_the_guard(guarded: dict[str, Reached]) -> None:
    assert [name for name, reached in guarded.items() if not reached.loaded] == []


def test_the_same_pages_reach_their_canaries_without_the_guard(unguarded: dict[str, Reached]) -> None:
    assert [name for name, reached in unguarded.items() if not reached] == []
    assert len(unguarded) >= 100


def test_packets_too_reach_a_canary_without_the_guard(unguarded: dict[str, Reached]) -> None:
    assert len([name for name, reached in unguarded.items() if reached.udp]) >= 5


def test_each_vector_has_a_name_of_its_own() -> None:
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("kept", [vector for vector in VECTORS if vector.name.startswith("service worker")])
def test_a_page_cannot_register_a_service_worker(kept: Vector) -> None:
    assert not asyncio.run(attack([kept], guarded=False))[kept.name]


def test_the_flags_alone_hold_webrtc_back() -> None:
    webrtc = [vector for vector in VECTORS if vector.name.startswith("WebRTC")]
    reached = asyncio.run(attack(webrtc, guarded=True, webrtc=True))
    assert {name: one for name, one in reached.items() if one} == {}
    assert len(webrtc) >= 15


@pytest.mark.parametrize("window", [vector for vector in VECTORS if vector.name.startswith("WebRTC by")], ids=str)
def test_no_window_of_a_page_has_webrtc(window: Vector) -> None:
    page = window.html.replace("const a = new RTC", "document.title = typeof RTCPeerConnection; const a = new RTC")
    assert asyncio.run(_title(page)) == "undefined"


async def _title(page: str) -> str:
    with serve_text(page) as url:
        async with open_browser() as browser:
            return (await render(browser, {"url": url}, parse_policy(LOOPBACK))).title
