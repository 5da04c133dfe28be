"""Ways to write an internal address, or to lead to one, each as the page's own document."""

from tests.security.vector import Vector

# Every way to write 127.0.0.1 and ::1 that a browser understands, as `http://HOST:port`.
SPELLINGS = {
    "dotted": "127.0.0.1",
    "two parts": "127.1",
    "three parts": "127.0.1",
    "zero": "0",
    "unspecified": "0.0.0.0",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal parts": "0x7f.0x0.0x0.0x1",
    "octal": "017700000001",
    "octal parts": "0177.0.0.01",
    "mixed parts": "0x7F.0.1",
    "percent-encoded": "%31%32%37.0.0.1",
    "percent-encoded dots": "127%2e0%2e0%2e1",
    "full-width digits": "１２７.０.０.１",
    "circled digits": "①②⑦.⓪.⓪.①",
    "ideographic full stops": "127。0。0。1",
    "trailing dot": "127.0.0.1.",
    "behind a user": "example.com@127.0.0.1",
    "behind user and password": "example.com:443@127.0.0.1",
    "localhost": "localhost",
    "capital localhost": "LOCALHOST",
    "localhost with a dot": "localhost.",
    "below localhost": "any.localhost",
    "ipv6": "[::1]",
    "ipv6 in full": "[0:0:0:0:0:0:0:1]",
    "ipv6 unspecified": "[::]",
    "ipv4 mapped": "[::ffff:127.0.0.1]",
    "ipv4 mapped in hexadecimal": "[::ffff:7f00:1]",
}
# These have no route on most machines: without the guard they reach nothing here, though elsewhere they may.
WITHOUT_ROUTE = {
    "ipv4 compatible": "[::127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "6to4": "[2002:7f00:1::1]",
}
# Names of the test's own name server.
NAMES = {
    "name with A 127.0.0.1": "a.attack.test",
    "name with AAAA ::1": "aaaa.attack.test",
    "name with AAAA of a mapped address": "mapped.attack.test",
    "name with A 0.0.0.0": "zero.attack.test",
    "name by CNAME": "cname.attack.test",
    "name with a public and an inside address": "both.attack.test",
    "name of localhost": "cname-localhost.attack.test",
}


def navigation(name: str, to: str) -> Vector:
    return Vector(f"document: {name}", address=to)


SPELLED = [navigation(name, f"http://{host}:PORT/") for name, host in SPELLINGS.items()]
NAMED = [navigation(name, f"http://{host}:PORT/") for name, host in NAMES.items()]
UNROUTED = [
    Vector(f"document: {name}", address=f"http://{host}:PORT/", reaches=False) for name, host in WITHOUT_ROUTE.items()
]
OTHER = [
    navigation("https", "https://127.0.0.1:PORT/"),
    navigation("backslashes", "http:\\\\127.0.0.1:PORT\\"),
    navigation("three slashes", "http:///127.0.0.1:PORT/"),
    navigation("tab in the scheme", "ht\ttp://127.0.0.1:PORT/"),
    navigation("view-source", "view-source:http://127.0.0.1:PORT/"),
]

REDIRECTS = [
    Vector(f"redirect {status}", address="HERE/go", files={"go": (status, "Location: http://127.0.0.1:PORT/", "")})
    for status in (301, 302, 303, 307, 308)
] + [
    Vector("redirect to another spelling", address="HERE/go", files={"go": (302, "Location: //0x7f.1:PORT/", "")}),
    Vector("redirect to ipv6", address="HERE/go", files={"go": (302, "Location: http://[::1]:PORT/", "")}),
    Vector(
        "redirect by a redirect",
        address="HERE/one",
        files={"one": (302, "Location: two", ""), "two": (302, "Location: http://127.0.0.1:PORT/", "")},
    ),
    Vector("refresh header", address="HERE/go", files={"go": (200, "Refresh: 0; url=http://127.0.0.1:PORT/", "go")}),
]

LEADS = [
    Vector("meta refresh", "<meta http-equiv=refresh content='0; url=TARGET'>"),
    Vector("location", "<script>location = 'TARGET'</script>"),
    Vector("location.replace", "<script>location.replace('TARGET')</script>"),
    Vector("link clicked", "<a id=a href='TARGET'>a</a><script>a.click()</script>"),
    Vector("link with a ping", "<a id=a href='#' ping='TARGET'>a</a><script>a.click()</script>", reaches=None),
    Vector("form get", "<form id=f action='TARGET'></form><script>f.submit()</script>"),
    Vector("form post", "<form id=f method=post action='TARGET'><input name=a></form><script>f.submit()</script>"),
    Vector("download", "<a id=a download href='TARGET'>a</a><script>a.click()</script>"),
    Vector("window.open", "<script>open('TARGET')</script>", reaches=None),
    Vector("link to a new window", "<a id=a target=_blank href='TARGET'>a</a><script>a.click()</script>", reaches=None),
    Vector("javascript: address", "<iframe src=\"javascript:top.location='TARGET'\"></iframe>"),
    Vector("top from a frame", "<iframe srcdoc=\"<script>top.location='TARGET'</script>\"></iframe>"),
    Vector("history and reload", "<script>history.pushState(0, '', '?'); location.assign('TARGET')</script>"),
]

ADDRESS_VECTORS = [*SPELLED, *NAMED, *UNROUTED, *OTHER, *REDIRECTS, *LEADS]
