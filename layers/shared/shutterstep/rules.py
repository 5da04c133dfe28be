"""Rules for which a schema has no helpful errors: options that exclude or need each other, and valid addresses."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from shutterstep.devices import devices

Request = dict[str, Any]

# Characters that the URL standard forbids in a host.
NO_HOST = re.compile(r"[\x00-\x20#%/<>?@\[\\\]^|\x7f]")

# Option: the formats to which it applies.
FORMATS_OF = {
    "quality": ("jpeg", "webp"),
    "omitBackground": ("png", "webp"),
    "selector": ("png", "jpeg", "webp"),
    "clip": ("png", "jpeg", "webp"),
    "maxHeight": ("png", "jpeg", "webp"),
}

# These options need an origin, so they need `url`.
ONLY_WITH_URL = ("headers", "cookies", "basicAuth", "failOnStatus")

# The browser, or another option, sets these headers.
RESERVED_HEADERS = {
    "cookie": "use `cookies`",
    "user-agent": "use `userAgent`",
    "accept-language": "use `locale`",
} | dict.fromkeys(
    (
        "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "keep-alive", "origin",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ),
    "the browser writes it itself",
)  # fmt: skip


def problems(request: Request) -> Iterator[tuple[str, str]]:
    """Yields (field, problem) for a request that fits the schema."""
    yield from _page(request)
    yield from _area(request)
    yield from _format(request)
    yield from _headers(request)
    if "device" in request and request["device"] not in devices():
        yield "device", "is not a device of Playwright's registry, such as `iPhone 15`"
    if request.get("delayMs", 0) >= request.get("timeoutMs", 30_000):
        yield "delayMs", "is not shorter than `timeoutMs`, so there would never be a picture"


def _page(request: Request) -> Iterator[tuple[str, str]]:
    if "url" not in request and "html" not in request:
        yield "url", "is missing; give `url` or `html`"
    elif "url" in request and "html" in request:
        yield "html", "is given together with `url`; give one of them"
    elif "html" in request:
        yield from ((name, "needs a `url`: html has no origin") for name in ONLY_WITH_URL if request.get(name))
    else:
        yield from _address(request)


def _address(request: Request) -> Iterator[tuple[str, str]]:
    try:
        parts = urlsplit(request["url"])
        valid = _is_host(parts.hostname or "", parts.netloc) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
        parts = None
    if not valid:
        yield "url", "is not a valid URL: it needs a host, and a port from 1 to 65535"
    elif parts and parts.username is not None and "basicAuth" in request:
        yield "basicAuth", "is given together with a name in `url`; give one of them"


def _is_host(name: str, netloc: str) -> bool:
    """Whether browsers accept it as a host. A text with `%3A` and `%40` may be a name and a password."""
    read = unquote(name)
    return bool(read) and not NO_HOST.search(read) and (":" not in read or "[" in netloc)


def _area(request: Request) -> Iterator[tuple[str, str]]:
    for name in ("clip", "selector"):
        if name in request and request.get("fullPage"):
            yield name, "is given together with `fullPage`; give one of them"
    if "clip" in request and "selector" in request:
        yield "clip", "is given together with `selector`; give one of them"
    if "maxHeight" in request and not request.get("fullPage"):
        yield "maxHeight", "works only with `fullPage`"


def _format(request: Request) -> Iterator[tuple[str, str]]:
    format_ = request.get("format", "png")
    for name, formats in FORMATS_OF.items():
        if request.get(name) and format_ not in formats:
            yield name, f"works only with `format` {', '.join(formats)}, not {format_}"


def _headers(request: Request) -> Iterator[tuple[str, str]]:
    names = [name.lower() for name in request.get("headers", {})]
    if len(set(names)) < len(names):
        yield "headers", "has a header twice, in different case"
    for name in request.get("headers", {}):
        reason = RESERVED_HEADERS.get(name.lower())
        if reason or name.lower().startswith(("sec-", "proxy-")):
            yield f"headers.{name}", f"cannot be set: {reason or RESERVED_HEADERS['host']}"
