"""Tells the guard when it was the page's own document that could not come."""

from renderer.browser.page_session import ChromiumPage
from renderer.browser.protocol import Params
from renderer.egress.guard import EgressGuard


def watch_document(page: ChromiumPage, guard: EgressGuard) -> None:
    """Notes in `guard.document_failure` why the page's document, or one it leads to by script or refresh, failed.

    The page's session must have its Network domain enabled.
    """
    addresses: dict[str, str] = {}

    def requested(event: Params) -> None:
        if event.get("type") == "Document" and event.get("frameId") == page.frame:
            # A redirect is asked for under the same id, so this ends as the address that failed.
            addresses[event["requestId"]] = event["request"]["url"]

    def failed(event: Params) -> None:
        address = addresses.get(event["requestId"])
        if address is not None:
            guard.document_failure = guard.failure_of(address)

    page.session.on("Network.requestWillBeSent", requested)
    page.session.on("Network.loadingFailed", failed)
