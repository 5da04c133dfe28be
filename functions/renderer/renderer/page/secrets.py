"""Sends the request's headers, cookies and credentials to the page's own origin, and nowhere else."""

from typing import Any
from urllib.parse import unquote, urlsplit

from renderer.browser.protocol import Params
from shutterstep.request import Request

DEFAULT_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int | None]


class Secrets:
    """The secrets that the page may send; `must_watch` says that its requests must be intercepted for that."""

    def __init__(self, request: Request) -> None:
        self._origin = origin_of(request.get("url", ""))
        self._headers: dict[str, str] = request.get("headers", {})
        self._cookies: list[dict[str, Any]] = request.get("cookies", [])
        self.credentials = credentials_of(request)
        self._asked: set[str] = set()

    @property
    def must_watch(self) -> bool:
        return bool(self._headers or self.credentials)

    def cookies(self) -> list[dict[str, Any]]:
        """Returns the cookies for `Network.setCookies`."""
        scheme, host, port = self._origin
        address = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        # Without a domain, a cookie is sent to its own host only.
        place = {"url": address, "secure": scheme == "https", "sourcePort": port}
        return [_storable(cookie, scheme) | place for cookie in self._cookies]

    def headers(self, request: Params) -> list[Params] | None:
        """Returns all headers for a paused request; None to leave its headers as they are."""
        if not self._headers:
            return None
        ours = {name.lower(): value for name, value in self._headers.items()}
        is_own = self._is_own(request["url"])
        # Chromium keeps changed headers through redirects, so they are removed where they must not be sent. A header of
        # the same name that the page set itself stays, because its value differs.
        headers = {
            name: value
            for name, value in request["headers"].items()
            if name.lower() not in ours or (not is_own and value != ours[name.lower()])
        }
        if is_own:
            headers |= self._headers
        return [{"name": name, "value": value} for name, value in headers.items()]

    def answer(self, event: Params) -> Params:
        """Returns the answer to a server or proxy that asks for a name and password."""
        challenge = event["authChallenge"]
        known = self._is_own(challenge["origin"]) and challenge.get("source") != "Proxy"
        # A second challenge means they were rejected: cancel, and capture the 401 page.
        first = event["requestId"] not in self._asked
        self._asked.add(event["requestId"])
        if known and first and self.credentials is not None:
            return {"response": "ProvideCredentials", **self.credentials}
        return {"response": "CancelAuth"}

    def _is_own(self, url: str) -> bool:
        try:
            return origin_of(url) == self._origin
        except ValueError:
            return False


def _storable(cookie: dict[str, Any], scheme: str) -> dict[str, Any]:
    """Returns the cookie as a browser accepts it: `SameSite=None` is for https only and would be dropped elsewhere."""
    if scheme == "https" or cookie.get("sameSite") != "None":
        return cookie
    return cookie | {"sameSite": "Lax"}


def origin_of(url: str) -> Origin:
    """Returns scheme, host and port. Raises ValueError for an invalid address."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme.lower())


def credentials_of(request: Request) -> dict[str, str] | None:
    """Returns the username and password for the page's origin: `basicAuth`, or those in the address."""
    if "basicAuth" in request:
        return request["basicAuth"]
    parts = urlsplit(request.get("url", ""))
    if parts.username is None:
        return None
    return {"username": unquote(parts.username), "password": unquote(parts.password or "")}
