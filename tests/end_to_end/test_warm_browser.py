"""The warm browser on real pages: who shares it is never harmed, what it leaves behind is nothing."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from renderer.browser.chromium import Chromium, start_chromium
from renderer.browser.processes import members
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.jobs.warm_browser import Recycling, WarmBrowser
from renderer.limits import Limits
from shutterstep.errors import PageCrashedError, RenderTimeoutError, TooLargeError
from tests.end_to_end.test_render_pixels import ROOT, Site
from tests.loopback import serving

LOCAL = parse_policy(LOOPBACK)
ENDLESS = b"<title>Endless</title><script>for (;;);</script>"
# The heap of a page is bounded, so this one crashes.
GREEDY = b"<title>Greedy</title><script>const kept = []; for (;;) kept.push(new Array(1e6).fill(1.5));</script>"


class Hostile(Site):
    """The bundled pages, and pages that harm the browser; `/held` comes only after `release`."""

    pages: ClassVar[dict[str, bytes]] = {"/endless": ENDLESS, "/greedy": GREEDY}
    asked: ClassVar[threading.Semaphore] = threading.Semaphore(0)
    release: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/held":
            self.asked.release()
            self.release.wait(20)
            self.path = "/known.html"
        super().do_GET()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(lambda *given: Hostile(*given, directory=str(ROOT / "examples/site"))) as address:
        yield address


class Starts:
    """Starts real browsers and keeps them, to count them and to look at what is left of them."""

    def __init__(self) -> None:
        self.browsers: list[Chromium] = []

    async def __call__(self) -> Chromium:
        self.browsers.append(await start_chromium())
        return self.browsers[-1]

    def left(self) -> list[int]:
        """The processes still there, zombies among them."""
        return [process for browser in self.browsers for process in members(browser.group)]


def test_renders_share_one_browser_and_it_leaves_no_process(site: str) -> None:
    starts = Starts()

    async def run() -> None:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            pictures = await asyncio.gather(*(browser.render({"url": f"{site}/known.html"}) for _ in range(4)))
            assert {picture.title for picture in pictures} == {"Known pixels"}

    asyncio.run(run())
    assert (len(starts.browsers), starts.left()) == (1, [])


def test_a_pdf_above_the_limit_of_bytes_is_an_error_and_one_below_comes_whole(site: str) -> None:
    async def run() -> None:
        request = {"url": f"{site}/known.html", "format": "pdf"}
        async with WarmBrowser(policy=LOCAL, limits=Limits(bytes=2**20)) as browser:
            body = (await browser.render(request)).body
        async with WarmBrowser(policy=LOCAL, limits=Limits(bytes=len(body) - 1)) as browser:
            with pytest.raises(TooLargeError, match=f"^the PDF has more than {len(body) - 1} bytes"):
                await browser.render(request)
        assert (body[:5], body.rstrip()[-5:]) == (b"%PDF-", b"%%EOF")

    asyncio.run(run())


def test_a_browser_that_took_its_number_of_pictures_gives_way_to_a_new_one(site: str) -> None:
    starts = Starts()

    async def run() -> None:
        async with WarmBrowser(Recycling(pictures=2), starts, LOCAL) as browser:
            for _ in range(5):
                await browser.render({"url": f"{site}/known.html"})

    asyncio.run(run())
    assert (len(starts.browsers), starts.left()) == (3, [])


def test_a_browser_above_its_memory_gives_way_to_a_new_one(site: str) -> None:
    starts = Starts()

    async def run() -> None:
        async with WarmBrowser(Recycling(memory_mib=1, look_every=1), starts, LOCAL) as browser:
            for _ in range(2):
                await browser.render({"url": f"{site}/known.html"})

    asyncio.run(run())
    assert (len(starts.browsers), starts.left()) == (2, [])


def test_a_render_in_a_browser_being_replaced_is_finished(site: str) -> None:
    starts = Starts()

    async def run() -> list[str]:
        async with WarmBrowser(Recycling(pictures=1), starts, LOCAL) as browser:
            pictures = await asyncio.gather(*(browser.render({"url": f"{site}/known.html"}) for _ in range(3)))
        return [picture.title for picture in pictures]

    assert asyncio.run(run()) == ["Known pixels"] * 3
    assert starts.left() == []


def test_a_browser_in_which_every_page_times_out_gives_way_to_a_new_one(site: str) -> None:
    starts = Starts()

    async def run() -> str:
        async with WarmBrowser(Recycling(timeouts=2), starts, LOCAL) as browser:
            for _ in range(2):
                with pytest.raises(RenderTimeoutError):
                    await browser.render({"url": f"{site}/endless", "timeoutMs": 1500})
            return (await browser.render({"url": f"{site}/known.html"})).title

    assert asyncio.run(run()) == "Known pixels"
    assert (len(starts.browsers), starts.left()) == (2, [])


def test_a_browser_that_dies_takes_no_render_with_it(site: str) -> None:
    starts = Starts()

    async def run() -> list[str]:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            renders = [asyncio.ensure_future(browser.render({"url": f"{site}/held"})) for _ in range(3)]
            for _ in renders:
                await asyncio.to_thread(Hostile.asked.acquire)
            Hostile.release.set()
            os.killpg(starts.browsers[0].group, signal.SIGKILL)
            return [picture.title for picture in await asyncio.gather(*renders)]

    assert asyncio.run(run()) == ["Known pixels"] * 3
    assert (len(starts.browsers), starts.left()) == (2, [])


def test_a_browser_that_hangs_is_ended_and_the_next_render_works(site: str) -> None:
    starts = Starts()

    async def run() -> str:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            os.killpg(starts.browsers[0].group, signal.SIGSTOP)
            with pytest.raises(RenderTimeoutError):
                await browser.render({"url": f"{site}/known.html", "timeoutMs": 1000})
            return (await browser.render({"url": f"{site}/known.html"})).title

    assert asyncio.run(run()) == "Known pixels"
    assert (len(starts.browsers), starts.left()) == (2, [])


def test_a_page_in_an_endless_loop_and_one_that_crashes_leave_the_others_alone(site: str) -> None:
    starts = Starts()

    async def run() -> list[object]:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            jobs = [
                browser.render({"url": f"{site}/endless", "timeoutMs": 2000}),
                browser.render({"url": f"{site}/greedy"}),
                *(browser.render({"url": f"{site}/known.html"}) for _ in range(3)),
            ]
            return await asyncio.gather(*jobs, return_exceptions=True)

    endless, crashed, *good = asyncio.run(run())
    assert isinstance(endless, RenderTimeoutError)
    assert isinstance(crashed, PageCrashedError)
    assert {getattr(picture, "title", picture) for picture in good} == {"Known pixels"}
    assert (len(starts.browsers), starts.left()) == (1, [])
