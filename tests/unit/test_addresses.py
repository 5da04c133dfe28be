"""The policy alone: which addresses are public, and what EGRESS_ALLOW opens."""

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.egress.addresses import CREDENTIAL_ENDPOINTS, PUBLIC_ONLY, is_local, is_public, parse_policy, unwrapped
from renderer.settings import read_egress_policy

INSIDE = (
    "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1 "
    "169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 "
    "198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::2 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1 2001::1 "
    "2001:db8::1 3fff::1 5f00::1 4000::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 "
    "64:ff9b:1::808:808 2002:7f00:1::1 2002:a00:1:: 2002:a9fe:a9fe::1"
)
OUTSIDE = (
    "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 "
    "169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 "
    "2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1"
)


@pytest.mark.parametrize("text", INSIDE.split())
def test_an_address_inside_is_forbidden(text: str) -> None:
    assert not PUBLIC_ONLY.permits(text, ipaddress.ip_address(text), 443)


@pytest.mark.parametrize("text", OUTSIDE.split())
def test_a_public_address_may_be_reached_at_the_ports_of_the_web_alone(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert [port for port in (22, 80, 443, 8080) if PUBLIC_ONLY.permits(text, address, port)] == [80, 443]


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_in_every_dress(inner: ipaddress.IPv4Address) -> None:
    mapped, nat64 = ipaddress.IPv6Address(f"::ffff:{inner}"), ipaddress.IPv6Address(f"64:ff9b::{inner}")
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (int(inner) << 80) | 1)
    assert {unwrapped(dress) for dress in (mapped, nat64, sixtofour)} == {inner}


@given(st.ip_addresses())
def test_what_python_calls_private_or_special_is_never_public(address: ipaddress.IPv4Address) -> None:
    inner = unwrapped(address)
    special = inner.is_private or inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_reserved
    assert not (special and is_public(inner))


@pytest.mark.parametrize(
    ("allow", "host", "address", "port", "expected"),
    [
        ("10.1.0.0/16", "a", "10.1.2.3", 9000, True),
        ("10.1.0.0/16", "a", "10.2.2.3", 80, False),
        ("10.1.0.0/16:8080", "a", "10.1.2.3", 8080, True),
        ("10.1.0.0/16:8080", "a", "10.1.2.3", 80, False),
        ("10.1.0.0/16", "a", "::ffff:10.1.2.3", 80, True),
        ("fd00::/8", "a", "fd12::1", 22, True),
        ("[fd00::/8]:443", "a", "fd12::1", 80, False),
        ("[fd00::/8]:443", "a", "fd12::1", 443, True),
        ("127.0.0.1", "a", "127.0.0.1", 1234, True),
        ("127.0.0.1", "a", "127.0.0.2", 1234, False),
        ("wiki.example.com:8443", "WIKI.example.com.", "10.0.0.1", 8443, True),
        ("wiki.example.com:8443", "other.example.com", "10.0.0.1", 8443, False),
        ("wiki.example.com:8443", "wiki.example.com", "10.0.0.1", 443, False),
        ("*:8080", "a", "8.8.8.8", 8080, True),
        ("*:8080", "a", "10.0.0.1", 8080, False),
        (" 10.0.0.0/8 , *:8080,", "a", "10.0.0.1", 1, True),
        ("0.0.0.0/0,::/0", "a", "192.168.0.1", 22, True),
    ],
)
def test_the_operator_opens_what_an_entry_says(allow: str, host: str, address: str, port: int, expected: bool) -> None:
    assert parse_policy(allow).permits(host, ipaddress.ip_address(address), port) is expected


@pytest.mark.parametrize("address", sorted(map(str, CREDENTIAL_ENDPOINTS)))
def test_nothing_opens_the_endpoints_that_give_credentials_out(address: str) -> None:
    policy = parse_policy(f"0.0.0.0/0,::/0,metadata,{'[' + address + ']' if ':' in address else address}:80")
    assert not policy.permits("metadata", ipaddress.ip_address(address), 80)


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.1/8",
        "*",
        "*:0",
        "*:x",
        "a:b",
        "http://a",
        "[foo]:80",
        "host:70000",
        "a b",
        "host:",
        "-a-",
        "²",
        "::1:8080",
        "fd00::1:443",
        "127.1",
        "10.0.0.256:80",
        "0x7f000001",
        "2130706433",
    ],
)
def test_an_entry_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="EGRESS_ALLOW has the entry"):
        parse_policy(f"10.0.0.0/8,{entry}")


LOCAL = ipaddress.ip_address("127.0.0.1")


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/", "https://LOCALHOST./a", "http://[::1]:9/", "http://127.3.2.1",
                                 "http://a.localhost/", "http://u:p@localhost/"])  # fmt: skip
def test_a_request_for_this_machine_reaches_loopback_on_a_laptop(url: str) -> None:
    policy = read_egress_policy({"EGRESS_LOCAL_PAGES": "true"})
    assert is_local(url)
    assert policy.of_render(url).permits("localhost", LOCAL, 3000)
    assert not PUBLIC_ONLY.of_render(url).permits("localhost", LOCAL, 3000)


@pytest.mark.parametrize("url", ["https://example.com/", "", "http://localhost.example.com/", "http://xlocalhost/",
                                 "http://127.0.0.1.nip.io/", "http://example.com/?http://localhost/", "http://[::1/",
                                 "http://localhost@example.com/", "http://10.0.0.1/", "http://0.0.0.0/"])  # fmt: skip
def test_a_request_for_another_host_reaches_no_loopback_on_a_laptop(url: str) -> None:
    policy = read_egress_policy({"EGRESS_LOCAL_PAGES": "true"}).of_render(url)
    assert not any(policy.permits(host, LOCAL, 80) for host in ("127.0.0.1", "localhost", "example.com"))


@pytest.mark.parametrize("allowed", ["", "127.0.0.0/8,::1", "0.0.0.0/0,::/0", "localhost", "*:4566"])
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "10.0.0.1"]
)
def test_a_closed_port_stays_closed_whatever_is_allowed(allowed: str, address: str, tmp_path: Path) -> None:
    (tmp_path / "8377").touch()
    environment = {"EGRESS_LOCAL_PAGES": "true", "EGRESS_ALLOW": allowed, "EGRESS_CLOSED_PORTS": f"4566,{tmp_path}"}
    policy = read_egress_policy(environment).of_render("http://localhost:3000/")
    assert not any(policy.permits("localhost", ipaddress.ip_address(address), port) for port in (4566, 8377))


def test_a_list_of_closed_ports_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="EGRESS_CLOSED_PORTS has the entry 'x'"):
        read_egress_policy({"EGRESS_CLOSED_PORTS": "4566,x"})


# 169.254.169.254 as networks translate it (RFC 6052, every length of prefix), in 6to4 and in Teredo.
TRANSLATED = (
    "64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe 64:ff9b:1:a9fe:a9:fe00:: 2001:db8:a9fe:a9fe:: 2001:db8:1a9:fea9:fe:: "
    "2001:db8:122:3a9:fe:a9fe:: 2001:db8:122:344:a9:fea9:fe00:: 2001:db8:122:344::a9fe:a9fe 2002:a9fe:a9fe:: "
    "::ffff:169.254.169.254 2001:0:1:2:3:4:5601:5601"
)


@pytest.mark.parametrize("text", TRANSLATED.split())
@pytest.mark.parametrize("allowed", ["::/0", "::/0,0.0.0.0/0"])
def test_no_allowance_opens_credentials_by_a_translated_address(text: str, allowed: str) -> None:
    assert not parse_policy(allowed).permits(text, ipaddress.ip_address(text), 80)


@pytest.mark.parametrize("text", ["2606:4700::1111", "2a00:1450:4001::1", "fd00::1"])
def test_other_addresses_of_ipv6_are_not_taken_for_it(text: str) -> None:
    assert parse_policy("::/0").permits(text, ipaddress.ip_address(text), 80)
