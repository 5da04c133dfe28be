"""A page that looks up more names than the network's name server can handle."""

import asyncio
from dataclasses import dataclass

import pytest

from renderer.browser.chromium import open_browser
from renderer.egress.addresses import LOOPBACK, parse_policy
from renderer.egress.connection import ClientConnection
from renderer.egress.guard import EgressGuard, EgressLimits
from renderer.page.emulation import open_page
from shutterstep.errors import DnsUnavailableError, RenderError
from shutterstep.request import with_defaults
from tests.security.name_server import start_name_server
from tests.security.one_page import serve_text

pytestmark = pytest.mark.security

FLOOD = """<title>flood</title><script>
let n = 0;
const ask = () => fetch(`http://n${n++}.flood.test/`, {mode: 'no-cors'}).catch(() => 0);
setInterval(() => { for (let i = 0; i < 60; i++) ask() }, 10);
</script>"""


@dataclass
class Asked:
    """What came to the name server from one page in some seconds."""

    names: int
    questions: int


async def asked_by(page: str, seconds: float) -> Asked:
    server, address = await start_name_server()
    with serve_text(page) as url:
        guard = EgressGuard(parse_policy(LOOPBACK), nameservers=[address])
        request = with_defaults({"url": url})
        async with open_browser() as browser, guard, open_page(browser, request, guard) as opened:
            await opened.navigate(url)
            await asyncio.sleep(seconds)
    names = {question.split()[0] for question in server.asked}
    return Asked(len(names), server.asked.total())


def test_a_page_asks_for_no_more_names_than_its_render_may() -> None:
    asked = asyncio.run(asked_by(FLOOD, 3))
    limit = EgressLimits().names
    # Each name is asked for as A and as AAAA, and again with the search domains of the machine.
    assert 0 < asked.names <= 8 * limit
    assert asked.questions <= 8 * limit


async def lookup(host: str, limits: EgressLimits | None = None) -> RenderError:
    server, address = await start_name_server()
    async with EgressGuard(parse_policy(""), limits, nameservers=[address]) as guard:
        with pytest.raises(RenderError) as raised:
            await guard.connect(host, 80, ClientConnection(guard))
        assert server.asked or limits
        return raised.value


def test_a_name_server_that_refuses_is_tried_again_by_the_workflow() -> None:
    assert asyncio.run(lookup("a.unavailable.test")).code == DnsUnavailableError.code


def test_a_name_that_does_not_exist_is_not_tried_again() -> None:
    assert asyncio.run(lookup("nobody.test")).code == "Render.DnsFailure"


def test_a_name_that_waits_for_its_lookup_too_long_is_tried_again() -> None:
    limits = EgressLimits(connect_seconds=0.2, lookups=0)
    assert asyncio.run(lookup("a.attack.test", limits)).code == DnsUnavailableError.code
