"""Listeners that no page may reach: one port on loopback, TCP and UDP, on 127.0.0.1 and ::1; and the port of mDNS."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

MULTICAST, MULTICAST_PORT = "224.0.0.251", 5353
ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class Canary:
    """Counts TCP connections and UDP packets at its `port`; answers HTTP, so that a page goes on to what it wants."""

    port: int

    def __init__(self) -> None:
        self.tcp = 0
        self.udp = 0
        self.reached = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._packets: list[asyncio.DatagramTransport] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        listeners, packets = _bound()
        self.port = listeners[0].getsockname()[1]
        for listener in listeners:
            self._servers.append(await loop.create_server(lambda: _Connection(self), sock=listener))
        for packet in packets:
            self._packets.append((await loop.create_datagram_endpoint(lambda: _Packets(self), sock=packet))[0])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for packets in self._packets:
            packets.close()


class _Connection(asyncio.Protocol):
    def __init__(self, canary: Canary) -> None:
        self._canary = canary

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._canary.tcp += 1
        self._canary.reached.set()

    def data_received(self, data: bytes) -> None:
        self._transport.close()


class _Packets(asyncio.DatagramProtocol):
    def __init__(self, canary: Canary) -> None:
        self._canary = canary

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._canary.udp += 1
        self._canary.reached.set()


def _bound() -> tuple[list[socket.socket], list[socket.socket]]:
    """Sockets at one port that is free in all four places: listening ones, and those for packets."""
    while True:
        opened: list[socket.socket] = []
        port = 0
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for family, address in ADDRESSES:
                    opened.append(socket.socket(family, kind))
                    opened[-1].bind((address, port))
                    port = opened[0].getsockname()[1]
            return opened[:2], opened[2:]
        except OSError:
            for one in opened:
                one.close()


@contextmanager
def multicast_canary() -> Iterator[Counter[str]]:
    """Counts the names that are asked for on the local network by mDNS, by the first part of each name, lower case.

    Empty where this machine has no network to ask on.
    """
    heard: Counter[str] = Counter()
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind(("", MULTICAST_PORT))
    with suppress(OSError):
        # The interface of the default route, which the browser sends on as well.
        group = socket.inet_aton(MULTICAST) + socket.inet_aton("0.0.0.0")
        listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    listener.setblocking(False)
    loop = asyncio.get_running_loop()

    def read() -> None:
        for name in re.findall(rb"([~\w-]+)(?:\x05local)?\x00", listener.recv(9000), re.IGNORECASE):
            heard[name.decode().lower()] += 1

    loop.add_reader(listener, read)
    try:
        yield heard
    finally:
        loop.remove_reader(listener)
        listener.close()
