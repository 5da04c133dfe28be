"""The gate before the embedded AWS: it accepts only programs on this machine that sign with a key of this stack.

A web page, in a rendering browser or in the developer's own, can reach loopback too. The emulator itself answers
everybody: it accepts well-known root keys without checking the signature, and allows every origin.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote

from ministack import app as emulator
from ministack.core import iam_evaluator, sigv4

from shutterstep_cli.local.root_key import RootKey
from shutterstep_cli.local.task_containers import gives_credentials

LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]{1,5})?", re.IGNORECASE)
# Only browsers send these headers, and a page can neither set nor remove them.
FROM_A_BROWSER = re.compile(
    r"origin|sec-.*|access-control-request-.*|referer|cookie|upgrade-insecure-requests|(x-)?purpose|x-moz|ping-(from|to)"
)
ACCOUNT = "000000000000"
UNHASHED = ("UNSIGNED-PAYLOAD", "STREAMING-")

Headers = dict[str, str]


class RefusedError(Exception):
    """The request is refused; the arguments are AWS's code and the reason."""


class Gate:
    """ASGI middleware around the emulator. `registry_password` is the password of the image registry."""

    def __init__(self, app: Any, key: RootKey, registry_password: str) -> None:
        self.app, self.key = app, key
        self.registry_login = base64.b64encode(f"AWS:{registry_password}".encode()).decode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        try:
            check_sender(headers)
            if scope["type"] != "http":
                raise RefusedError("AccessDenied", "the local stack has no WebSockets")
            # Both have their own secrets: a container's token, and the password of the registry.
            if not gives_credentials(scope["path"]) and not emulator._is_ecr_registry_path(scope["path"]):
                receive = await self._checked(scope, headers, receive)
        except RefusedError as refusal:
            await _refuse(refusal, scope, headers, send)
            return
        if emulator._is_ecr_registry_path(scope["path"]) and not self._is_logged_in(headers):
            await _ask_for_login(send)
            return
        await self.app(scope, receive, send)

    def _is_logged_in(self, headers: Headers) -> bool:
        kind, _, login = headers.get("authorization", "").partition(" ")
        return kind.lower() == "basic" and hmac.compare_digest(login.encode(), self.registry_login.encode())

    async def _checked(self, scope: Any, headers: Headers, receive: Any) -> Any:
        """Reads the body and checks the signature over it; returns a `receive` that gives the body again."""
        signature = _signature(headers)
        secret = self._secret_of(signature.access_key_id, headers.get("x-amz-security-token", ""))
        body = await _read(receive)
        query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
        path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        failure = sigv4.request_time_failure(signature) or sigv4.header_signature_failure(
            signature, secret, scope["method"], path, query, headers, body
        )
        if failure:
            raise RefusedError(*failure)
        _check_body(headers.get("x-amz-content-sha256", ""), body)
        return _Replay(body, receive)

    def _secret_of(self, access_key_id: str, token: str) -> str:
        """Returns the secret of the stack's own key or of a role's session, and never of the emulator's well-known
        keys.
        """
        if hmac.compare_digest(access_key_id.encode(), self.key.access_key_id.encode()) and not token:
            return self.key.secret_access_key
        if not iam_evaluator.is_root_access_key(access_key_id):
            found = iam_evaluator.resolve_credential(access_key_id, ACCOUNT, token)
            if isinstance(found, iam_evaluator.ResolvedCredential):
                return found.secret_access_key
        raise RefusedError(
            "InvalidClientTokenId", 'the key is not one of this local stack; see: eval "$(shutterstep local env)"'
        )


def check_sender(headers: Mapping[str, str]) -> None:
    """Raises RefusedError for requests of browsers, and for hosts whose DNS name points to this machine."""
    if any(FROM_A_BROWSER.fullmatch(name) for name in headers):
        raise RefusedError("AccessDenied", "a web page may not call the local stack")
    if not LOOPBACK_HOST.fullmatch(headers.get("host", "")):
        raise RefusedError("AccessDenied", "call the local stack by a loopback address")


def _headers(scope: Any) -> Headers:
    """Returns the headers; a header on several lines has its values joined by a comma, as SigV4 signs it."""
    headers: Headers = {}
    for raw, value in scope.get("headers", []):
        name, text = raw.decode("latin-1").lower(), sigv4.decode_header_value(value)
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers


def _signature(headers: Headers) -> sigv4.HeaderSignature:
    if not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        raise RefusedError(
            "MissingAuthenticationToken", "calls to the local stack must be signed in the Authorization header"
        )
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        raise RefusedError(*signature)
    if "host" not in signature.signed_headers.split(";"):
        raise RefusedError("IncompleteSignature", "the signature does not cover the host")
    return signature


def _check_body(promised: str, body: bytes) -> None:
    if promised and not promised.startswith(UNHASHED) and promised != hashlib.sha256(body).hexdigest():
        raise RefusedError("SignatureDoesNotMatch", "the body differs from the one that was signed")


async def _read(receive: Any) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise RefusedError("IncompleteBody", "the caller disconnected")
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


class _Replay:
    """An ASGI `receive` that gives a body that was already read, then continues with the connection's own."""

    def __init__(self, body: bytes, receive: Any) -> None:
        self.messages, self.receive = [{"type": "http.request", "body": body, "more_body": False}], receive

    async def __call__(self) -> Any:
        return self.messages.pop() if self.messages else await self.receive()


async def _refuse(refusal: RefusedError, scope: Any, headers: Headers, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    code, reason = refusal.args
    if "json" in headers.get("content-type", ""):
        kind, body = b"application/json", json.dumps({"__type": code, "message": reason})
    else:
        kind, body = b"text/xml", f"<Error><Code>{code}</Code><Message>{_escaped(reason)}</Message></Error>"
        if "x-www-form-urlencoded" in headers.get("content-type", ""):
            body = f"<ErrorResponse>{body}</ErrorResponse>"
    await _answer(send, 403, body.encode(), [(b"content-type", kind)])


async def _ask_for_login(send: Any) -> None:
    await _answer(send, 401, b"", [(b"www-authenticate", b'Basic realm="shutterstep"')])


async def _answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
