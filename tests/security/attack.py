"""Hostile pages against canaries on loopback, with the guard and without: `python -m tests.security.attack [--json]`.

Each vector has its own canary, so that a connection shows which vector made it. Without the guard the same browser,
contexts and pages are used; only the proxy and its flags are left out.
"""

import argparse
import asyncio
import ipaddress
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from unittest.mock import patch
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from renderer.browser.chromium import Chromium, open_browser
from renderer.browser.chromium_flags import FLAGS
from renderer.browser.protocol import ProtocolError
from renderer.egress.addresses import WEB_PORTS, Allowance, EgressPolicy
from renderer.egress.guard import EgressGuard
from renderer.page.emulation import open_page
from shutterstep.errors import RenderError
from shutterstep.request import with_defaults
from tests.security.canaries import Canary, multicast_canary
from tests.security.name_server import OUTSIDE, start_name_server
from tests.security.site import AttackerSite, attacker_site
from tests.security.vector import Vector
from tests.security.vectors_address import ADDRESS_VECTORS
from tests.security.vectors_api import API_VECTORS
from tests.security.vectors_part import PART_VECTORS
from tests.security.vectors_script import SCRIPT_VECTORS
from tests.security.without_guard import WITHOUT_GUARD, NoGuard

VECTORS = [*ADDRESS_VECTORS, *PART_VECTORS, *SCRIPT_VECTORS, *API_VECTORS]
SECONDS = 2.0
AT_ONCE = 16
# The names of the test's own name server, for a browser that asks the machine's.
NAMES = "--host-resolver-rules=MAP aaaa.attack.test [::1], MAP *.attack.test 127.0.0.1, MAP *.rebind.test 127.0.0.1"


@dataclass(frozen=True)
class Reached:
    """What reached a vector's canary."""

    tcp: int = 0
    udp: int = 0
    # Whether the vector's page came from the attacker's site: a page that never loaded attacks nothing.
    loaded: bool = True

    def __bool__(self) -> bool:
        return bool(self.tcp or self.udp)


async def attack(
    vectors: Sequence[Vector], *, guarded: bool, seconds: float = SECONDS, webrtc: bool | None = None
) -> dict[str, Reached]:
    """Renders each vector's page for this many seconds; returns what reached its canary, by the vector's name.

    With `webrtc` pages keep WebRTC, which the renderer removes, so that only the flags are tested; by default they keep
    it only without the guard.
    """
    keep = not guarded if webrtc is None else webrtc
    with patch("renderer.page.emulation.NO_WEBRTC", "") if keep else nullcontext():
        return await _attack(vectors, guarded, seconds)


async def _attack(vectors: Sequence[Vector], guarded: bool, seconds: float) -> dict[str, Reached]:
    places = asyncio.Semaphore(AT_ONCE)
    _, nameserver = await start_name_server()
    with attacker_site() as site, multicast_canary() as asked:
        async with open_browser(flags=FLAGS if guarded else (*WITHOUT_GUARD, NAMES)) as browser:

            async def one(number: int, vector: Vector) -> Reached:
                async with places:
                    return await _launch(vector, f"v{number}", browser, site, nameserver if guarded else None, seconds)

            reached = await asyncio.gather(*(one(*numbered) for numbered in enumerate(vectors)))
    for number, vector in enumerate(vectors):
        if ".local" in vector.html.lower():
            # The second is what the flags make of every name.
            reached[number] = replace(reached[number], udp=asked[f"v{number}"] + asked["~notfound"])
    return dict(zip((vector.name for vector in vectors), reached, strict=True))


async def _launch(
    vector: Vector, label: str, browser: Chromium, site: AttackerSite, nameserver: str | None, seconds: float
) -> Reached:
    async with Canary() as canary:
        address = site.put(vector, label, canary.port)
        async with _page(browser, address, site.port, canary.port, nameserver) as page:
            with suppress(TimeoutError, RenderError, ProtocolError):
                await asyncio.wait_for(page.navigate(address), seconds)
            with suppress(TimeoutError):
                await asyncio.wait_for(canary.reached.wait(), seconds)
        own = f":{site.port}/" in address
        return Reached(canary.tcp, canary.udp, not own or urlsplit(address).path in site.asked)


@asynccontextmanager
async def _page(browser: Chromium, address: str, site: int, canary: int, nameserver: str | None) -> AsyncIterator:
    request = with_defaults({"url": "http://127.0.0.1/"})
    async with AsyncExitStack() as stack:
        guard = NoGuard()
        if nameserver is not None:
            guard = await stack.enter_async_context(EgressGuard(policy(site, canary), nameservers=[nameserver]))
        yield await stack.enter_async_context(open_page(browser, request, guard))


def policy(site: int, canary: int) -> EgressPolicy:
    """The attacker's site is allowed, and the canary's port: only its address keeps a page away from it."""
    allowed = (Allowance(ipaddress.ip_network("127.0.0.1"), site), Allowance(ipaddress.ip_network(OUTSIDE)))
    return EgressPolicy(allowed, WEB_PORTS | {canary})


def table(without: dict[str, Reached], guarded: dict[str, Reached]) -> Table:
    """The vectors, and what reached the canary of each."""
    shown = Table("vector", "without the guard", "with it", title="What reached a canary")
    for name in guarded:
        cells = (f"{one.tcp} TCP {one.udp} UDP" if one else "-" for one in (without[name], guarded[name]))
        shown.add_row(name, *cells, style="bold red" if guarded[name] else None)
    return shown


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when nothing reached a canary through the guard, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="make attack",
        description="Hostile pages against canaries on loopback, with and without the guard.",
        epilog="examples: make attack; make attack ONLY=WebRTC; .venv/bin/python -m tests.security.attack --json",
    )
    parser.add_argument("--json", action="store_true", help="one object a vector instead of the table")
    parser.add_argument("--only", default="", metavar="TEXT", help="only vectors with this text in their names")
    options = parser.parse_args(arguments)
    vectors = [vector for vector in VECTORS if options.only.lower() in vector.name.lower()]
    console, started = Console(stderr=True), time.monotonic()
    console.print(f"{len(vectors)} vectors without the guard, then with it")
    without = asyncio.run(attack(vectors, guarded=False))
    guarded = asyncio.run(attack(vectors, guarded=True))
    if options.json:
        for name in guarded:
            print(json.dumps({"vector": name, "without": asdict(without[name]), "guarded": asdict(guarded[name])}))
    else:
        Console().print(table(without, guarded))
    through = [sum(map(bool, reached.values())) for reached in (without, guarded)]
    console.print(
        f"{len(vectors)} vectors: {through[0]} reached a canary without the guard, {through[1]} with it "
        f"({time.monotonic() - started:.0f} s)"
    )
    return 1 if through[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
