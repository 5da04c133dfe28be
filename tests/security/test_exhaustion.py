"""A pool worker's memory, and the page rendered beside a page that tries to fill it or to delay others."""

import asyncio
import os

import pytest

from renderer.browser.chromium import open_browser
from renderer.browser.spawn import WORDS_BYTES
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.page.render import render
from tests.security.exhaustion import WORKER_MIB, Fared, attack, worker
from tests.security.exhaustion_pages import PAGES
from tests.security.one_page import serve_text

pytestmark = [pytest.mark.security, pytest.mark.long]


@pytest.fixture(scope="module")
def fared(tmp_path_factory: pytest.TempPathFactory) -> list[Fared]:
    """How each page went. The worker has a limit of memory; a neighbour without a picture fails this."""
    with worker(tmp_path_factory.mktemp("exhaustion")) as attacked:
        return list(attack(attacked, PAGES))


def test_every_page_ends_with_a_picture_or_an_error_of_its_own(fared: list[Fared]) -> None:
    assert [one.name for one in fared] == [page.name for page in PAGES]
    ends = {one.outcome for one in fared}
    assert ends <= {"picture", "Render.Timeout", "Render.TooLarge", "Render.PageCrashed"}


def test_the_worker_stays_within_its_memory(fared: list[Fared]) -> None:
    assert max(one.worker_mib for one in fared) < WORKER_MIB


LOUD = "<script>for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error('x'.repeat(90000)) })</script>"


async def size_of_the_log(page: str) -> int:
    """How large the file is that Chromium writes errors of pages to, once this page is pictured."""
    with serve_text(page) as url:
        async with open_browser() as browser:
            await render(browser, {"url": url}, parse_policy(LOOPBACK))
            return os.stat(f"/proc/{browser.group}/fd/2").st_size


def test_what_a_page_says_fills_no_disk() -> None:
    assert asyncio.run(size_of_the_log(LOUD)) == WORDS_BYTES
