"""Watches what a page loads: its redirects, the status of its document, requests and bytes by type."""

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from renderer.browser.page_session import ChromiumPage
from renderer.browser.protocol import Params
from renderer.page.deadline import Clock
from shutterstep.public_address import public_address

REDIRECTS = 20
NO_CONTENT = (204, 205)
# The most documents of a frame that are waited for. As many as of the page itself.
FRAME_DOCUMENTS = 10
# The most requests of one page whose type and end are recorded. Chosen, not measured.
REMEMBERED = 20_000
# Types with which a page fills itself.
DATA = ("xhr", "fetch", "script", "font")
# Types of pictures that may move, and how many SVG pictures of a page, of how many bytes, are looked at. Chosen, not
# measured.
MOVING = frozenset(["image/gif", "image/webp", "image/avif", "image/apng"])
PNG, SVG = "image/png", "image/svg+xml"
MOST_SVGS, MOST_SVG_BYTES = 30, 200_000
# The types of the page's own document, and of a worker's script, among requests that have not ended.
PAGE, WORKER = "page", "worker"
# Seconds for which a page may wait for what a worker says after its script has been answered. Chosen, not measured.
WORKER_SECONDS = 0.7


@dataclass(frozen=True)
class Pending:
    """A request that has not ended; `address` is the one that the page asked for, before redirects; `frame` the id of
    the frame that asked. `answered` is the time at which a worker's script was answered: its end is never reported.
    """

    kind: str
    since: float
    address: str = ""
    frame: str = ""
    answered: float | None = None


class Traffic:
    """Counts from DevTools' Network events of one page; `kinds` are DevTools' resource types in lower case."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._main_frame = ""
        self.address = ""
        self._kinds: dict[str, str] = {}
        self.pending: dict[str, Pending] = {}
        self.requests: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.redirects: list[dict[str, Any]] = []
        self.console_errors = 0
        self.status = 0
        self.documents = 0
        self._frame_documents: Counter[str] = Counter()
        # The types of the pictures that came, and the address of each SVG among them by its request.
        self.picture_types: set[str] = set()
        self.svgs: dict[str, str] = {}
        self.has_animations = False

    def watch(self, page: ChromiumPage) -> None:
        """Begins to count; call it before anything is loaded."""
        self._main_frame = page.frame
        handlers = {
            "Network.requestWillBeSent": self._sent,
            "Network.responseReceived": self._received,
            "Network.responseReceivedExtraInfo": self._answered,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
            "Runtime.consoleAPICalled": self._said,
            "Runtime.exceptionThrown": self._threw,
        }

        def animated(_: Params) -> None:
            # One is enough; a page may have thousands.
            if not self.has_animations:
                self.has_animations = True
                page.session.post("Animation.disable")

        page.session.on("Animation.animationCreated", animated)
        for event, handler in handlers.items():
            page.session.on(event, handler)
        page.session.on_cut("Runtime.consoleAPICalled", self._said)
        page.session.on_cut("Runtime.exceptionThrown", self._threw)

    def only_fonts_for(self, seconds: float) -> bool:
        """Whether only web fonts are still loading, and one of them for at least `seconds`."""
        loading = [request for request in self.pending.values() if request.kind != WORKER]
        since = min((request.since for request in loading), default=self._clock())
        return {request.kind for request in loading} == {"font"} and self._clock() - since > seconds

    def font_wait(self) -> float:
        """Returns the seconds since the oldest web font still loading was requested; 0 if there is none."""
        fonts = [request.since for request in self.pending.values() if request.kind == "font"]
        return self._clock() - min(fonts) if fonts else 0

    def awaited(self, kinds: frozenset[str]) -> set[str]:
        """Returns the addresses of requests of these types that have not ended, without those of frames that go on from
        document to document.
        """
        return {one.address for one in self.pending.values() if one.kind in kinds and not self._goes_on(one)}

    def loading_frames(self) -> set[str]:
        """Returns the ids of the frames whose document has not arrived, without the page's own and without those that
        go on from document to document.
        """
        loading = (one for one in self.pending.values() if one.kind == "document")
        return {one.frame for one in loading if not self._goes_on(one)}

    def _goes_on(self, request: Pending) -> bool:
        return request.kind == "document" and self._frame_documents[request.frame] > FRAME_DOCUMENTS

    def awaits_data(self, seconds: float) -> bool:
        """Whether data or a script requested less than `seconds` ago has not arrived."""
        now = self._clock()
        return any(_is_awaited(one, now, seconds) for one in self.pending.values())

    def awaits_pictures(self, seconds: float) -> bool:
        """Whether a picture requested less than `seconds` ago has not arrived."""
        since = self._clock() - seconds
        return any(one.kind == "image" and one.since > since for one in self.pending.values())

    def is_fetching(self) -> bool:
        """Whether scripts of the page wait for data."""
        return any(request.kind in ("xhr", "fetch") for request in self.pending.values())

    def _sent(self, event: Params) -> None:
        kind = event.get("type", "other").lower()
        if self._is_main(event):
            self._document_asked(event)
        self.requests[kind] += 1
        if len(self._kinds) < REMEMBERED:
            self._kinds[event["requestId"]] = kind
            before = self.pending.get(event["requestId"])
            address = before.address if before is not None else event["request"]["url"]
            now, is_of_worker = self._clock(), _is_of_worker(event)
            waits_for = PAGE if self._is_main(event) else WORKER if is_of_worker else kind
            # Nobody answers for what the page has made itself.
            answered = now if is_of_worker and address.startswith(("blob:", "data:")) else None
            self.pending[event["requestId"]] = Pending(waits_for, now, address, event.get("frameId", ""), answered)
            if waits_for == "document" and before is None:
                self._frame_documents[event.get("frameId", "")] += 1

    def _is_main(self, event: Params) -> bool:
        return event.get("type") == "Document" and event.get("frameId") == self._main_frame

    def _document_asked(self, event: Params) -> None:
        hop = event.get("redirectResponse")
        if hop is not None:
            self._redirected(hop["url"], hop["status"])
        elif self.documents:
            self._redirected(self.address, self.status)
        self.documents += hop is None
        self.address = event["request"]["url"]

    def _redirected(self, url: str, status: int) -> None:
        if len(self.redirects) < REDIRECTS:
            self.redirects.append({"url": public_address(url), "status": status})

    def _received(self, event: Params) -> None:
        status = event["response"]["status"]
        # An answer without content leaves the page as it is.
        if self._is_main(event) and status not in NO_CONTENT:
            self.status = status
        self._picture_came(event)

    def _answered(self, event: Params) -> None:
        pending = self.pending.get(event["requestId"])
        if pending is not None and pending.kind == WORKER:
            self.pending[event["requestId"]] = replace(pending, answered=self._clock())

    def _picture_came(self, event: Params) -> None:
        type_ = event["response"]["mimeType"]
        if type_ in MOVING or type_ == PNG:
            self.picture_types.add(type_)
        pending = self.pending.get(event["requestId"])
        if (
            type_ == SVG
            and pending is not None
            and len(self.svgs) < MOST_SVGS
            and len(pending.address) < MOST_SVG_BYTES
        ):
            self.svgs[event["requestId"]] = pending.address

    def _finished(self, event: Params) -> None:
        self.pending.pop(event["requestId"], None)
        self.bytes[self._kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    def _failed(self, event: Params) -> None:
        self.pending.pop(event["requestId"], None)

    def _said(self, event: Params) -> None:
        self.console_errors += event.get("type") == "error"

    def _threw(self, _: Params) -> None:
        self.console_errors += 1


def _is_of_worker(event: Params) -> bool:
    """Whether a request is for the script with which a worker begins: such a script belongs to no document."""
    return event.get("type") == "Script" and event.get("loaderId") == ""


def _is_awaited(one: Pending, now: float, seconds: float) -> bool:
    if one.answered is not None:
        return now - one.answered < WORKER_SECONDS
    return (one.kind in DATA or one.kind == WORKER) and now - one.since < seconds
