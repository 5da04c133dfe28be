"""Follows which document the page shows, whether it is about to leave it, and why a later one did not load."""

import asyncio
import time
from dataclasses import dataclass, field

from renderer.browser.net_errors import NET_ERROR, net_error
from renderer.browser.page_session import ChromiumPage
from renderer.browser.protocol import Params
from renderer.page.deadline import Clock
from shutterstep.errors import PageUnstableError, RenderError

# The name of the request's script in Chromium's stack traces.
REQUEST_SCRIPT = "shutterstep:javascript"

POLL_SECONDS = 0.02
# Seconds between a page's request to navigate and the start of the navigation in the browser. Chosen, not measured.
REQUESTED_SECONDS = 1.0
# Seconds. A navigation this soon after a click counts as the click's. For a reload the time is shorter, because a
# reload loses what the click did. Chosen, not measured.
CLICK_SECONDS = 5.0
RELOAD_SECONDS = 0.25
# Seconds. A refresh later than this is not a redirect.
LONGEST_REFRESH = 3.0
# Seconds. A form that is sent this soon after the request's script counts as sent by it. Chosen, not measured.
SUBMIT_SECONDS = 0.5
REFRESHES = ("httpHeaderRefresh", "metaTagRefresh")


@dataclass
class Leaving:
    """A navigation that is about to replace the document; `loader` is set once the browser has begun to load it."""

    until: float
    loader: str | None = None


@dataclass
class Documents:
    """The main frame's documents of one render.

    `loader` names the document that is shown; `by_request` says that it came from a click or the script of the request,
    and not from the page itself.
    """

    page: ChromiumPage
    clock: Clock = time.monotonic
    loader: str = ""
    by_request: bool = False
    _address: str = ""
    _leaving: Leaving | None = None
    _errors: dict[str, str] = field(default_factory=dict)
    _failure: RenderError | None = None
    _cut: str = ""
    _clicked: float = float("-inf")
    _reloads: bool = False
    _script_until: float = float("-inf")
    _submits: bool = False

    def watch(self) -> None:
        """Begins to follow the page's main frame; call it before anything is loaded."""
        for event, handler in {
            "Page.frameScheduledNavigation": self._scheduled,
            "Page.frameRequestedNavigation": self._requested,
            "Page.frameStartedNavigating": self._started,
            "Network.requestWillBeSent": self._asked,
            "Network.loadingFailed": self._failed,
            "Page.frameNavigated": self._navigated,
            "Page.frameStoppedLoading": self._stopped,
        }.items():
            self.page.session.on(event, handler)

    def clicked(self) -> None:
        """Notes that the request clicks now."""
        self._clicked = self.clock()

    def script_runs(self) -> None:
        """Notes that the request's script begins to run."""
        self._script_until = float("inf")

    def script_ended(self) -> None:
        """Notes that the request's script has ended."""
        self._script_until = self.clock() + SUBMIT_SECONDS

    def is_leaving(self) -> bool:
        """Whether another document is coming: a navigation was requested, or a refresh is due soon."""
        return self._leaving is not None and self.clock() < self._leaving.until

    async def at_rest(self) -> None:
        """Waits until no other document is coming. Raises the error of the last one if it failed."""
        while self.is_leaving():
            await asyncio.sleep(POLL_SECONDS)
        self.check()

    def check(self) -> None:
        """Raises the error of a document that did not load: the browser shows its own error page instead."""
        if self._failure is not None:
            raise self._failure

    @property
    def cut(self) -> RenderError | None:
        """Returns why the document that is shown is incomplete; None if it is complete."""
        return _error(self._cut) if self._cut else None

    def _is_main(self, event: Params) -> bool:
        return event.get("frameId") == self.page.frame

    def _scheduled(self, event: Params) -> None:
        refreshes = event["reason"] in REFRESHES and event["delay"] <= LONGEST_REFRESH
        if self._is_main(event) and refreshes and event["url"] != self._address:
            self._leaving = Leaving(self.clock() + event["delay"] + REQUESTED_SECONDS)

    def _requested(self, event: Params) -> None:
        if self._is_main(event) and event["disposition"] == "currentTab":
            self._leaving = Leaving(self.clock() + REQUESTED_SECONDS)
            # The request for a sent form has no stack that would name the script.
            self._submits = event["reason"].startswith("formSubmission") and self.clock() < self._script_until

    def _started(self, event: Params) -> None:
        if self._is_main(event):
            if event["navigationType"] in ("sameDocument", "historySameDocument"):
                self._leaving = None
                return
            self._leaving, self.by_request = Leaving(float("inf"), event["loaderId"]), False
            self._reloads = event["navigationType"] == "reload"

    def _asked(self, event: Params) -> None:
        if not self._is_main(event) or event.get("type") != "Document" or "redirectResponse" in event:
            return
        stack = event["initiator"].get("stack", {}).get("callFrames", [])
        by_script = any(frame["url"] == REQUEST_SCRIPT for frame in stack)
        soon = RELOAD_SECONDS if self._reloads else CLICK_SECONDS
        by_click = event.get("hasUserGesture", False) and self.clock() - self._clicked < soon
        self.by_request = by_script or by_click or self._submits

    def _failed(self, event: Params) -> None:
        if event["requestId"] == self.loader:
            self._cut = event["errorText"]
        if self._leaving is not None and event["requestId"] == self._leaving.loader:
            self._errors[event["requestId"]] = event["errorText"]
            if event.get("canceled"):
                # For a download, or an answer without content, the page stays.
                self._leaving = None

    def _navigated(self, event: Params) -> None:
        frame = event["frame"]
        if frame["id"] != self.page.frame:
            return
        self.loader, self._address, self._leaving, self._cut = frame["loaderId"], frame["url"], None, ""
        if "unreachableUrl" in frame:
            self._failure = _error(self._errors.get(frame["loaderId"], ""))

    def _stopped(self, event: Params) -> None:
        if self._is_main(event) and self._leaving is not None and self._leaving.loader is not None:
            self._leaving = None


def _error(text: str) -> RenderError:
    found = NET_ERROR.search(text)
    if found is None:
        return PageUnstableError("the page navigated to an address that the browser did not open")
    return net_error(found.group(1))
