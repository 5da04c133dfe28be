"""The guard as a proxy, used over sockets: which bytes go where, and what it refuses."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from renderer.egress.addresses import LOOPBACK, EgressPolicy, parse_policy
from renderer.egress.guard import EgressGuard, EgressLimits
from shutterstep.errors import ConnectionFailedError, DnsFailureError, ForbiddenAddressError
from tests.security.name_server import OUTSIDE, NameServer, start_name_server

pytestmark = pytest.mark.security

LOCAL = parse_policy(LOOPBACK)


@dataclass
class Host:
    """Keeps what it is sent, and sends an answer for each piece."""

    port: int = 0
    connections: int = 0
    received: bytes = b""
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        while data := await reader.read(65536):
            self.received += data
            writer.write(self.answer)


@asynccontextmanager
async def host(address: str = "127.0.0.1") -> AsyncIterator[Host]:
    running = Host()
    server = await asyncio.start_server(running.serve, address, 0)
    running.port = server.sockets[0].getsockname()[1]
    yield running
    server.close()
    for writer in running.writers:
        writer.close()


async def asked(guard: EgressGuard, *pieces: bytes) -> bytes:
    """The answers to these pieces on one connection, each whole, or as much as came before it was cut."""
    port = int(guard.proxy_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    answers = b""
    for piece in pieces:
        writer.write(piece)
        answers += await one_answer(reader)
    writer.close()
    return answers


async def one_answer(reader: asyncio.StreamReader) -> bytes:
    """A head and the body it announces; until the end of the connection where there is no head."""
    head = b""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        announced = re.search(rb"(?i)content-length: *(\d+)", head)
        return head + await reader.readexactly(int(announced[1]) if announced else 0)
    except asyncio.IncompleteReadError as cut:
        return head + cut.partial
    except ConnectionResetError:
        return head


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 120))


def get(port: int, path: str = "/", more: str = "") -> bytes:
    return f"GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode()


def test_a_plain_request_goes_on_with_its_path_and_without_what_is_for_the_proxy() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL) as guard:
            more = "Proxy-Connection: keep-alive\r\nProxy-Authorization: x\r\nX-Odd:  two  spaces\r\n"
            answer = await asked(guard, get(server.port, "/a?b=/c", more))
        assert answer == server.answer
        assert server.received == b"GET /a?b=/c HTTP/1.1\r\nHost: a\r\nX-Odd: two  spaces\r\n\r\n"

    run(scene)


def test_requests_to_one_origin_share_a_connection() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL) as guard:
            answer = await asked(guard, *[get(server.port)] * 3)
        assert (answer, server.connections) == (server.answer * 3, 1)

    run(scene)


def test_a_connection_serves_no_second_origin() -> None:
    async def scene() -> None:
        async with host() as first, host() as second, EgressGuard(LOCAL) as guard:
            answer = await asked(guard, get(first.port), get(second.port))
        assert (answer, second.connections) == (first.answer, 0)

    run(scene)


def test_a_tunnel_passes_bytes_as_they_are() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL) as guard:
            tunnel = f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            answer = await asked(guard, tunnel, b"\x16\x03\x00anything")
        assert answer == b"HTTP/1.1 200 Connection established\r\n\r\n" + server.answer
        assert server.received == b"\x16\x03\x00anything"

    run(scene)


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
        "GET ftp://127.0.0.1:PORT/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST http://127.0.0.1:PORT/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST http://127.0.0.1:PORT/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET http://127.0.0.1:PORT/ HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n CONNECT",
        "\x16\x03\x01",
    ],
)
def test_what_no_browser_sends_to_a_proxy_is_cut_and_goes_nowhere(request_text: str) -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL) as guard:
            answer = await asked(guard, request_text.replace("PORT", str(server.port)).encode())
        assert b"200" not in answer
        assert server.received == b""

    run(scene)


def test_a_refused_tunnel_and_a_refused_request_are_told_apart_by_no_page() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(EgressPolicy()) as guard:
            plain = await asked(guard, get(server.port))
            tunnel = await asked(guard, f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n\r\n".encode())
            failure = guard.failure_of(f"http://127.0.0.1:{server.port}/x")
        assert (plain, tunnel[:12], server.connections) == (b"", b"HTTP/1.1 403", 0)
        assert isinstance(failure, ForbiddenAddressError)
        assert guard.details()["blocked"] == {"count": 2, "hosts": [{"host": f"127.0.0.1:{server.port}", "count": 2}]}

    run(scene)


@asynccontextmanager
async def named(policy: EgressPolicy) -> AsyncIterator[tuple[EgressGuard, NameServer]]:
    names, address = await start_name_server()
    async with EgressGuard(policy, nameservers=[address]) as guard:
        yield guard, names


def test_a_name_that_changes_its_mind_keeps_its_first_address() -> None:
    async def scene() -> None:
        async with host(OUTSIDE) as outside, named(parse_policy(OUTSIDE)) as (guard, names):
            request = f"GET http://a.rebind.test:{outside.port}/ HTTP/1.1\r\n\r\n".encode()
            answers = [await asked(guard, request) for _ in range(3)]
        assert answers == [outside.answer] * 3
        assert names.asked["a.rebind.test. A"] == 1

    run(scene)


def test_of_a_name_with_a_public_and_an_inside_address_only_the_public_one_is_tried() -> None:
    async def scene() -> None:
        async with host() as inside, named(parse_policy(OUTSIDE)) as (guard, _):
            url = f"http://both.attack.test:{inside.port}/"
            answer = await asked(guard, f"GET {url} HTTP/1.1\r\n\r\n".encode())
            failure = guard.failure_of(url)
        assert (answer, inside.connections) == (b"", 0)
        assert isinstance(failure, ConnectionFailedError)

    run(scene)


def test_a_name_without_an_address_is_a_failure_of_dns() -> None:
    async def scene() -> None:
        async with named(LOCAL) as (guard, _):
            await asked(guard, b"CONNECT nobody.attack.test:443 HTTP/1.1\r\n\r\n")
            assert isinstance(guard.failure_of("https://nobody.attack.test/"), DnsFailureError)

    run(scene)


def test_too_many_bytes_end_every_connection() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL, EgressLimits(bytes=100_000)) as guard:
            server.answer = b"x" * 200_000
            assert guard.details() == {}
            assert len(await asked(guard, get(server.port))) < 200_000
            assert await asked(guard, get(server.port)) == b""
            assert guard.details() == {"transferLimitReached": True}

    run(scene)


def test_more_connections_than_the_limit_are_refused() -> None:
    async def scene() -> None:
        async with host() as server, EgressGuard(LOCAL, EgressLimits(connections=2)) as guard:
            port = int(guard.proxy_url.rpartition(":")[2])
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            assert await asked(guard, get(server.port)) == b""
            held[0][1].close()
            await held[0][1].wait_closed()
            while (answer := await asked(guard, get(server.port))) == b"":
                await asyncio.sleep(0.02)  # the guard has not seen the end yet
            assert answer == server.answer
            held[1][1].close()

    run(scene)


def test_the_end_of_a_render_cuts_what_is_still_open() -> None:
    async def scene() -> None:
        async with host() as server:
            async with EgressGuard(LOCAL) as guard:
                port = int(guard.proxy_url.rpartition(":")[2])
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(get(server.port))
                await reader.readexactly(len(server.answer))
            assert await asyncio.wait_for(reader.read(), 5) == b""
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            writer.close()

    run(scene)
