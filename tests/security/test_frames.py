"""Frames of other sites: none has a process of its own, so that what is done for a page's frames is done for all."""

import asyncio
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from renderer.browser.chromium import open_browser
from renderer.browser.chromium_flags import FLAGS
from renderer.browser.page_session import open_chromium_page
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.egress.guard import EgressGuard
from tests.loopback import serving

pytestmark = pytest.mark.security

# By these a page or a frame asks for a process of its own.
ASKING = {
    "nothing": ("X-Nothing", ""),
    "origin-keyed agents": ("Origin-Agent-Cluster", "?1"),
    "document isolation": ("Document-Isolation-Policy", "isolate-and-credentialless"),
    "cross-origin isolation": ("Cross-Origin-Embedder-Policy", "credentialless"),
}


class Site(BaseHTTPRequestHandler):
    """A page with frames of its own other name, all of which send the header that their path names."""

    def do_GET(self) -> None:
        name, value = ASKING[self.path.removeprefix("/frame/").removeprefix("/").replace("%20", " ")]
        address = f"http://localhost:{self.server.server_port}/frame{self.path}"  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header(name, value)
        self.end_headers()
        if not self.path.startswith("/frame/"):
            self.wfile.write(f"<iframe src='{address}'></iframe><iframe sandbox src='{address}'></iframe>".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


async def targets(asking: str, flags: tuple[str, ...] = FLAGS) -> list[str]:
    """The kinds of what DevTools can attach to, once the page of this path and its frames are there."""
    with serving(Site) as origin:
        async with (
            open_browser(flags=flags) as browser,
            EgressGuard(parse_policy(LOOPBACK)) as guard,
            open_chromium_page(browser.connection, 800, 600, guard.proxy_url) as page,
        ):
            await page.navigate(f"{origin}/{asking}")
            await page.wait_for_load_state("load")
            found = await browser.connection.browser.send("Target.getTargets")
            return [target["type"] for target in found["targetInfos"]]


@pytest.mark.parametrize("asking", ASKING)
def test_no_frame_has_a_process_of_its_own(asking: str) -> None:
    assert "iframe" not in asyncio.run(targets(asking))


def test_without_the_flag_a_page_gets_one_by_asking() -> None:
    flags = tuple(flag for flag in FLAGS if flag != "--disable-site-isolation-trials")
    assert "iframe" in asyncio.run(targets("origin-keyed agents", flags))
