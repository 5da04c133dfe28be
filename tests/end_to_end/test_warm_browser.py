"""The warm browser with real pages: no page harms another one, and no process is left."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

import pytest

from renderer.browser.chromium import Chromium, open_browser, start_chromium
from renderer.browser.processes import PROC, RENDERER, members
from renderer.browser.share import LOWEST_PRIORITY, Share
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.jobs.warm_browser import MIB, Recycling, WarmBrowser
from renderer.limits import Limits
from renderer.page.render import render
from shutterstep.errors import PageCrashedError, RenderError, RenderTimeoutError, TooLargeError
from tests.end_to_end.test_render_pixels import ROOT, Site
from tests.loopback import serving
from tests.security.exhaustion_pages import PAGES as EXHAUSTING
from tests.security.one_page import serve_text

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


def test_renders_at_once_have_a_browser_each_later_ones_use_these_again_and_no_process_is_left(site: str) -> None:
    starts = Starts()

    async def run() -> None:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            for _ in range(2):
                pictures = await asyncio.gather(*(browser.render({"url": f"{site}/known.html"}) for _ in range(2)))
                assert {picture.title for picture in pictures} == {"Known pixels"}

    asyncio.run(run())
    assert (len(starts.browsers), starts.left()) == (2, [])


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


def test_a_browser_in_which_a_page_ran_out_of_time_gives_way_to_a_new_one(site: str) -> None:
    starts = Starts()

    async def run() -> str:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            with pytest.raises(RenderTimeoutError):
                await browser.render({"url": f"{site}/endless", "timeoutMs": 1500})
            return (await browser.render({"url": f"{site}/known.html"})).title

    assert asyncio.run(run()) == "Known pixels"
    assert (len(starts.browsers), starts.left()) == (2, [])


def test_a_render_whose_browser_dies_is_done_again_in_another(site: str) -> None:
    starts = Starts()

    async def run() -> str:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            render = asyncio.ensure_future(browser.render({"url": f"{site}/held"}))
            await asyncio.to_thread(Hostile.asked.acquire)
            Hostile.release.set()
            os.killpg(starts.browsers[0].group, signal.SIGKILL)
            return (await render).title

    assert asyncio.run(run()) == "Known pixels"
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


def test_a_browser_whose_page_crashed_takes_the_next(site: str) -> None:
    starts = Starts()

    async def run() -> str:
        async with WarmBrowser(start=starts, policy=LOCAL) as browser:
            with pytest.raises(PageCrashedError):
                await browser.render({"url": f"{site}/greedy"})
            return (await browser.render({"url": f"{site}/known.html"})).title

    assert asyncio.run(run()) == "Known pixels"
    assert (len(starts.browsers), starts.left()) == (1, [])


@pytest.mark.parametrize(
    ("share", "script", "words"),
    [
        (Share(memory=512 * MIB), "setInterval(() => kept.push(new Uint8Array(2 ** 24).fill(1)))", "512 MiB of memory"),
        (
            Share(memory=1024 * MIB, threads=120),
            "for (let i = 0; i < 100; i++) new Worker('data:text/javascript,setInterval(() => 0, 1e6)')",
            "120 threads",
        ),
    ],
    ids=["memory", "threads"],
)
def test_a_page_that_takes_more_than_its_share_ends_with_its_browser(share: Share, script: str, words: str) -> None:
    starts = Starts()

    async def run(url: str) -> None:
        async with WarmBrowser(start=starts, policy=LOCAL, share=share) as browser:
            with pytest.raises(TooLargeError, match=f"more than {words}"):
                await browser.render({"url": url, "delayMs": 20_000})

    with serve_text(f"<script>const kept = []; {script}</script>") as url:
        asyncio.run(run(url))
    assert (len(starts.browsers), starts.left()) == (1, [])


def test_a_page_that_takes_much_time_of_the_processors_gives_way_to_the_page_beside_it(site: str) -> None:
    starts = Starts()

    async def run() -> set[int]:
        async with WarmBrowser(start=starts, policy=LOCAL, share=Share(1024 * MIB, cpu_seconds=0.1)) as browser:
            renders = asyncio.gather(
                *(browser.render({"url": f"{site}/endless", "timeoutMs": 3000}) for _ in range(2)),
                return_exceptions=True,
            )
            await asyncio.sleep(2)
            of_pages = {
                os.getpriority(os.PRIO_PROCESS, process) for one in starts.browsers for process in pages_of(one)
            }
            await renders
            return of_pages

    assert LOWEST_PRIORITY in asyncio.run(run())


def pages_of(browser: Chromium) -> list[int]:
    """The processes in which pages run."""
    return [one for one in members(browser.group) if RENDERER in (PROC / str(one) / "cmdline").read_bytes()]


def test_a_browser_whose_page_left_a_drawing_that_takes_hours_does_not_rest() -> None:
    (drawing,) = (page for page in EXHAUSTING if page.name == "a drawing that takes hours")

    async def run(url: str) -> tuple[bool, bool]:
        async with open_browser() as browser:
            before = await browser.rests(10)
            with suppress(RenderError):
                await render(browser, {"url": url, "timeoutMs": 2500}, LOCAL)
            return before, await browser.rests(1)

    with serve_text(f"<body><script>{drawing.script}</script>") as url:
        assert asyncio.run(run(url)) == (True, False)
