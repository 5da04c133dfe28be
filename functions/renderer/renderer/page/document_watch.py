"""Tells the guard when the request that failed was for the page's own document."""

from renderer.browser.page_session import ChromiumPage
from renderer.browser.protocol import Params
from renderer.egress.guard import EgressGuard


def watch_document(page: ChromiumPage, guard: EgressGuard) -> None:
    """Notes in `guard.document_failure` why the page's document failed, or one it leads to by script or refresh.

    The page's session must have its Network domain enabled.
    """
    addresses: dict[str, str] = {}

    def requested(event: Params) -> None:
        if event.get("type") == "Document" and event.get("frameId") == page.frame:
            # A redirect keeps the request's id, so the request ends with the address that failed.
            addresses[event["requestId"]] = event["request"]["url"]

    def failed(event: Params) -> None:
        address = addresses.get(event["requestId"])
        if address is not None:
            guard.document_failure = guard.failure_of(address)

    page.session.on("Network.requestWillBeSent", requested)
    page.session.on("Network.loadingFailed", failed)
