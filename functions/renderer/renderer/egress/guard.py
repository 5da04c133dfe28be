"""The egress guard: a forward proxy for one render, which connects only to addresses that the policy permits."""

import asyncio
import ipaddress
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

from renderer.browser.chromium_flags import GUARD_HOST
from renderer.egress.addresses import Address, EgressPolicy
from renderer.egress.connection import ClientConnection, UpstreamConnection
from shutterstep.errors import (
    ConnectionFailedError,
    DnsFailureError,
    DnsUnavailableError,
    ForbiddenAddressError,
    RenderError,
)

if TYPE_CHECKING:
    import aiodns

ATTEMPT_DELAY_SECONDS = 0.25  # RFC 8305: the delay before the next address is tried in parallel
REPORTED_HOSTS = 20
REMEMBERED_HOSTS = 500
# c-ares: SERVFAIL, REFUSED, no server, no answer in time. They say nothing about the name itself.
NO_ANSWER = frozenset({3, 6, 11, 12})
HOST_LENGTH = 253  # the longest DNS name


class TooManyHostsError(ConnectionFailedError):
    """A page names more hosts than one render may look up."""


@dataclass(frozen=True)
class EgressLimits:
    """The limits of one render: bytes in both directions together, simultaneous connections, seconds to connect, host
    names in all, and simultaneous lookups.

    AWS's resolver accepts 1,024 packets a second from a network interface, and a lookup is two. Further ones are
    dropped, for every render behind that interface.
    """

    bytes: int = 512 * 1024 * 1024
    connections: int = 256
    connect_seconds: float = 10
    names: int = 300
    lookups: int = 16


class EgressGuard:
    """Serves on its own port from `async with` to its end, which cuts every open connection.

    Each name is resolved once in a render, by the system's name servers or those given as `address:port`.
    """

    def __init__(
        self, policy: EgressPolicy, limits: EgressLimits | None = None, nameservers: Sequence[str] | None = None
    ) -> None:
        self._policy = policy
        self.limits = limits or EgressLimits()
        self._nameservers = nameservers
        self._resolver: aiodns.DNSResolver | None = None
        self._names: dict[str, asyncio.Future[Sequence[Address]]] = {}
        self._lookups = asyncio.Semaphore(self.limits.lookups)
        self._clients: set[ClientConnection] = set()
        self._blocked: Counter[str] = Counter()
        self._failures: dict[str, RenderError] = {}
        self._server: asyncio.Server | None = None
        self.proxy_url = ""
        self.bytes = 0
        # Why the page's document, or one that it led to, could not be loaded.
        self.document_failure: RenderError | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ClientConnection(self), GUARD_HOST, 0, backlog=128)
        self.proxy_url = f"http://{GUARD_HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.abort()
        for name in self._names.values():
            name.cancel()
        if self._resolver is not None:
            await self._resolver.close()

    def details(self) -> dict[str, Any]:
        """Returns what the result reports about the guard: refused connections, and whether the byte limit was reached.

        `blocked` has the `count` of refused connections and the `hosts` refused most, each as `host:port` with its
        count. `transferLimitReached` is true if all connections were cut because the page transferred more bytes than a
        render may.
        """
        told: dict[str, Any] = {}
        if self._blocked:
            hosts = [{"host": host, "count": count} for host, count in self._blocked.most_common(REPORTED_HOSTS)]
            told["blocked"] = {"count": self._blocked.total(), "hosts": hosts}
        if self.bytes > self.limits.bytes:
            told["transferLimitReached"] = True
        return told

    def failure_of(self, url: str) -> RenderError | None:
        """Returns why the last connection to the host of an http or https URL failed; None if it did not."""
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        return self._failures.get(host_and_port(parts.hostname or "", port))

    def opened(self, client: ClientConnection) -> bool:
        """Counts a connection of the browser; returns whether it may stay."""
        self._clients.add(client)
        return len(self._clients) <= self.limits.connections and self.bytes <= self.limits.bytes

    def closed(self, client: ClientConnection) -> None:
        """Called when a connection of the browser has ended."""
        self._clients.discard(client)

    def count(self, size: int) -> None:
        """Counts transferred bytes; cuts every connection when there are too many."""
        self.bytes += size
        if self.bytes > self.limits.bytes:
            for client in list(self._clients):
                client.abort()

    async def connect(self, host: str, port: int, client: ClientConnection) -> UpstreamConnection:
        """Returns a connection to a permitted address of `host`, for `client`.

        Raises the RenderError of the situation.
        """
        try:
            async with asyncio.timeout(self.limits.connect_seconds):
                upstream = await self._connect(host, port, client)
        except TimeoutError:
            raise self._failed(host, port, self._late(host)) from None
        except (DnsFailureError, DnsUnavailableError, TooManyHostsError) as exc:
            self._failed(host, port, exc)
            raise
        except OSError as exc:
            error = ConnectionFailedError(
                f"no connection to the page's host: {exc.strerror or 'none of its addresses'}"
            )
            raise self._failed(host, port, error) from exc
        self._failures.pop(host_and_port(host, port), None)
        return upstream

    def _late(self, host: str) -> RenderError:
        """Returns the error for a time-out: either the name server or the host did not answer."""
        name = self._names.get(host)
        if name is not None and not name.done():
            return DnsUnavailableError("the name server did not answer in time")
        return ConnectionFailedError("the page's host did not answer in time")

    async def _connect(self, host: str, port: int, client: ClientConnection) -> UpstreamConnection:
        addresses = [one for one in await self._addresses(host) if self._policy.permits(host, one, port)]
        if not addresses:
            self._count_blocked(host_and_port(host, port))
            text = f"the page leads to {host_and_port(host, port)}, which pages may not reach"
            raise self._failed(host, port, ForbiddenAddressError(text))
        infos = [_address_info(address, port) for address in addresses]
        connected = await start_connection(infos, happy_eyeballs_delay=ATTEMPT_DELAY_SECONDS, interleave=1)
        loop = asyncio.get_running_loop()
        _, upstream = await loop.create_connection(lambda: UpstreamConnection(self, client), sock=connected)
        return upstream

    async def _addresses(self, host: str) -> Sequence[Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            pass
        if host not in self._names:
            if len(self._names) >= self.limits.names:
                raise TooManyHostsError(f"the page asks for more than {self.limits.names} hosts")
            self._names[host] = asyncio.ensure_future(self._resolve(host))
        return await asyncio.shield(self._names[host])

    async def _resolve(self, host: str) -> Sequence[Address]:
        import aiodns  # here, so that a cold start loads it while the page's process starts

        self._resolver = self._resolver or aiodns.DNSResolver(self._nameservers)
        try:
            async with self._lookups:
                found = await self._resolver.getaddrinfo(host, type=socket.SOCK_STREAM)
        except aiodns.error.DNSError as exc:
            if exc.args[0] in NO_ANSWER:
                raise DnsUnavailableError(f"the name server did not answer: {exc.args[-1]}") from exc
            raise DnsFailureError(f"the name of the page's host could not be resolved: {exc.args[-1]}") from exc
        return [ipaddress.ip_address(node.addr[0].decode()) for node in found.nodes]

    def _count_blocked(self, host: str) -> None:
        known = host in self._blocked or len(self._blocked) < REMEMBERED_HOSTS
        self._blocked[host if known else "others"] += 1

    def _failed(self, host: str, port: int, error: RenderError) -> RenderError:
        if len(self._failures) < REMEMBERED_HOSTS:
            self._failures[host_and_port(host, port)] = error
        return error


def host_and_port(host: str, port: int) -> str:
    """Returns a host as results name it: `example.com:443`, `[::1]:80`."""
    return f"[{host}]:{port}" if ":" in host else f"{host[:HOST_LENGTH]}:{port}"


def _address_info(address: Address, port: int) -> tuple[int, int, int, str, Any]:
    if isinstance(address, ipaddress.IPv4Address):
        return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port)
    return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port, 0, 0)
