"""Pauses a page's requests if something must be decided about them: block, add headers, or continue."""

import asyncio

from renderer.browser.protocol import Params, Session
from renderer.page import blocklists
from renderer.page.blocking import Blocking
from renderer.page.render_context import RenderContext
from renderer.page.secrets import Secrets


async def intercept(context: RenderContext) -> None:
    """Sets cookies, and intercepts the page's requests if the request needs it; otherwise it costs nothing."""
    secrets, blocking = Secrets(context.request), Blocking(context.request, context.page.frame, context.traffic)
    if context.request.get("cookies"):
        await context.page.session.send("Network.setCookies", {"cookies": secrets.cookies()})
    if secrets.must_watch or blocking.kinds:
        # The lists are loaded before a page waits for them.
        lists = (kind for kind in blocking.kinds if kind in blocklists.LISTS)
        await asyncio.gather(*(asyncio.to_thread(blocklists.engine, kind) for kind in lists))
        Interception(context, secrets, blocking).watch(context.page.session)


class Interception:
    """The paused requests of a page and its frames."""

    def __init__(self, context: RenderContext, secrets: Secrets, blocking: Blocking) -> None:
        self._secrets = secrets
        self._blocking = blocking
        self._blocked = context.findings.blocked_requests

    def watch(self, session: Session) -> None:
        """From now on every request of this session is seen."""
        session.on("Fetch.requestPaused", lambda event: self._decide(session, event))
        # A request whose body is too large to read can be neither judged nor given headers.
        session.on_cut("Fetch.requestPaused", lambda event: self._refuse(session, event["requestId"]))
        session.on("Fetch.authRequired", lambda event: self._answer(session, event))
        session.post("Fetch.enable", {"handleAuthRequests": self._secrets.credentials is not None})

    def _decide(self, session: Session, event: Params) -> None:
        id_ = {"requestId": event["requestId"]}
        kind = self._blocking.reason(event)
        if kind is not None:
            self._blocked[kind] = self._blocked.get(kind, 0) + 1
            self._refuse(session, event["requestId"])
            return
        headers = self._secrets.headers(event["request"])
        session.post("Fetch.continueRequest", id_ if headers is None else id_ | {"headers": headers})

    def _refuse(self, session: Session, request: str) -> None:
        session.post("Fetch.failRequest", {"requestId": request, "errorReason": "BlockedByClient"})

    def _answer(self, session: Session, event: Params) -> None:
        answer = {"requestId": event["requestId"], "authChallengeResponse": self._secrets.answer(event)}
        session.post("Fetch.continueWithAuth", answer)
