"""Which addresses a page may reach: public ones on the web's ports, and those that the operator allows."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

from renderer.egress.closed_ports import ClosedPorts

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WEB_PORTS = frozenset({80, 443})
LAST_PORT = 65_535
# Pages on this machine, on any port.
LOOPBACK = "127.0.0.0/8,::1"

# IANA's special-purpose registries, without blocks that are routed like any other address.
FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network: reaches this host on Linux
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, also used inside clouds
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: instance and task metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Only IPv6 global unicast is public; unique local, link-local, multicast and others are outside of this block.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# Endpoints that give out a task's credentials. No entry of EGRESS_ALLOW opens them.
CREDENTIAL_ENDPOINTS = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23")
)

ENTRY = re.compile(r"(?P<bracketed>\[[^\]]+\])(?::(?P<port6>\d+))?|(?P<host>[^:\[\]\s]+)(?::(?P<port>\d+))?")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
# Browsers and systems read a name that ends so as an address: `127.1`, `10.0.0.256`, `0x7f000001`.
NUMBER = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")


@dataclass(frozen=True)
class Allowance:
    """One entry of EGRESS_ALLOW: a network or a host name, on one port or (None) on every port."""

    target: Network | str
    port: int | None = None

    def covers(self, host: str, address: Address, port: int) -> bool:
        """Whether it allows this address and port for a page that named `host`."""
        if self.port not in (None, port):
            return False
        if isinstance(self.target, str):
            return self.target == host.lower().removesuffix(".")
        return address in self.target


@dataclass(frozen=True)
class EgressPolicy:
    """What pages may reach; by default only public addresses on ports 80 and 443.

    `local_pages`, on a local stack, allows loopback for a render whose request names a loopback address. `closed_ports`
    are closed on every address that is not public, even if an allowance opens them.
    """

    allowances: tuple[Allowance, ...] = ()
    ports: frozenset[int] = WEB_PORTS
    local_pages: bool = False
    closed_ports: ClosedPorts = field(default_factory=ClosedPorts)

    def of_render(self, url: str) -> "EgressPolicy":
        """Returns the policy of one render for the URL in its request (empty for a request with `html`)."""
        if not (self.local_pages and is_local(url)):
            return self
        return replace(self, allowances=(*self.allowances, *map(_allowance, LOOPBACK.split(","))))

    def permits(self, host: str, address: Address, port: int) -> bool:
        """Whether a page that named `host` may connect to `address`, one of the name's addresses."""
        address = unwrapped(address)
        if leads_to_credentials(address) or (port in self.closed_ports and not is_public(address)):
            return False
        if any(allowance.covers(host, address, port) for allowance in self.allowances):
            return True
        return port in self.ports and is_public(address)


PUBLIC_ONLY = EgressPolicy()


def is_local(url: str) -> bool:
    """Whether an http or https URL names this machine: by a loopback address, or a name that always means this machine.

    Other names do not count even if they resolve to loopback, because anybody's name server can say so.
    """
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return False
    try:
        return unwrapped(ipaddress.ip_address(host)).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def parse_policy(text: str) -> EgressPolicy:
    """Returns the policy of EGRESS_ALLOW: comma-separated entries, each with or without `:port`.

    `10.1.0.0/16:8080` is a network, `[fd00::/8]:443` or `fd00::/8` an IPv6 network, `wiki.example.com:8443` a host
    name, and `*:8080` one more port of public addresses. Raises ValueError, which names the entry.
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    opened = [entry for entry in entries if entry.startswith("*:")]
    ports = {_port(entry, entry[2:]) for entry in opened}
    return EgressPolicy(tuple(_allowance(entry) for entry in entries if entry not in opened), WEB_PORTS | ports)


def unwrapped(address: Address) -> Address:
    """Returns the IPv4 address inside a mapped, NAT64 or 6to4 address, else the address itself, without its scope."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or ipaddress.IPv6Address(int(address))


@lru_cache(4096)
def leads_to_credentials(address: Address) -> bool:
    """Whether an address is one of CREDENTIAL_ENDPOINTS, or some network's NAT64 may translate it to one."""
    if address in CREDENTIAL_ENDPOINTS or isinstance(address, ipaddress.IPv4Address):
        return address in CREDENTIAL_ENDPOINTS
    octets = address.packed
    # RFC 6052: the position of the IPv4 address depends on the length of a prefix that the network's operator chooses.
    places = [octets[4:8], octets[12:16], octets[9:13], octets[2:6], bytes(255 - octet for octet in octets[12:16])]
    places += [octets[8 - first : 8] + octets[9 : 13 - first] for first in (1, 2, 3)]
    return any(ipaddress.IPv4Address(place) in CREDENTIAL_ENDPOINTS for place in places)


@lru_cache(4096)
def is_public(address: Address) -> bool:
    """Whether an unwrapped address is public, and not one of this host or its network."""
    if isinstance(address, ipaddress.IPv4Address):
        return not _in_any(address, FORBIDDEN_V4)
    return address in GLOBAL_V6 and not _in_any(address, FORBIDDEN_V6)


def _in_any(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _allowance(entry: str) -> Allowance:
    bare = _network(entry)
    address, colon, port = entry.rpartition(":")
    if bare is not None and colon and port.isdigit() and "/" not in entry and _network(address) is not None:
        raise _wrong(entry)  # `::1:8080` is an address, but was probably meant as `[::1]:8080`
    if bare is not None:
        return Allowance(bare)
    match = ENTRY.fullmatch(entry)
    if match is None:
        raise _wrong(entry)
    target, port = (match["bracketed"] or match["host"]), (match["port6"] or match["port"])
    network = _network(target.strip("[]"))
    if network is None and (match["bracketed"] or not _is_name(target.lower())):
        raise _wrong(entry)
    return Allowance(network or target.lower(), None if port is None else _port(entry, port))


def _is_name(text: str) -> bool:
    return HOST.fullmatch(text) is not None and NUMBER.fullmatch(text) is None


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _port(entry: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= LAST_PORT:
        raise _wrong(entry)
    return int(text)


def _wrong(entry: str) -> ValueError:
    return ValueError(
        f"EGRESS_ALLOW has the entry {entry!r}; write a network (10.1.0.0/16), a host (wiki.example.com) or `*`, "
        "each with or without `:port` (`*` needs one), IPv6 with a port in brackets ([fd00::/8]:443)"
    )
