"""Headers of the request and of the page, which document judges what is third-party, and what is waited for."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from renderer.browser.page_session import ChromiumPage
from renderer.page.blocking import Blocking
from renderer.page.secrets import Secrets
from renderer.page.traffic import Traffic

OWN, OTHER = "https://example.com/", "https://elsewhere.example/api"


def sent(url: str, headers: dict[str, str]) -> dict[str, str]:
    secrets = Secrets({"url": OWN, "headers": {"X-Key": "ours"}})
    changed = secrets.headers({"url": url, "headers": headers})
    assert changed is not None
    return {header["name"]: header["value"] for header in changed}


def test_a_header_of_the_page_with_the_name_of_ours_reaches_another_origin_unchanged() -> None:
    assert sent(OTHER, {"x-key": "the page's own", "Accept": "*/*"}) == {"x-key": "the page's own", "Accept": "*/*"}


def test_our_header_does_not_reach_another_origin_by_a_redirect() -> None:
    assert sent(OTHER, {"X-Key": "ours", "Accept": "*/*"}) == {"Accept": "*/*"}


def test_our_header_replaces_that_of_the_page_on_its_own_origin() -> None:
    assert sent(OWN, {"x-key": "the page's own"}) == {"X-Key": "ours"}


def test_third_party_is_judged_by_the_document_rather_than_by_the_requested_address() -> None:
    traffic = Traffic()
    blocking = Blocking({"url": OWN, "block": ["ads"]}, "main", traffic)
    script = {"resourceType": "Script", "frameId": "main", "request": {"url": "https://zedo.com/ad.js"}}
    traffic.address = "https://zedo.com/"
    of_itself = blocking.reason(script)
    traffic.address = "https://another.example/"
    assert (of_itself, blocking.reason(script)) == (None, "ads")


class ReportedPage:
    """A page whose requests are reported by hand."""

    def __init__(self, traffic: Traffic) -> None:
        self.handlers: dict[str, Any] = {}
        session = SimpleNamespace(on=self.handlers.__setitem__, on_cut=lambda *_: None)
        traffic.watch(cast(ChromiumPage, SimpleNamespace(frame="main", session=session)))

    def starts_worker(self, url: str) -> None:
        request = {"requestId": "1", "loaderId": "", "frameId": "main", "type": "Script", "request": {"url": url}}
        self.handlers["Network.requestWillBeSent"](request)

    def is_answered(self) -> None:
        self.handlers["Network.responseReceivedExtraInfo"]({"requestId": "1"})


def test_a_worker_is_waited_for_only_shortly_after_its_script_was_answered() -> None:
    now = 0.0
    traffic = Traffic(lambda: now)
    page = ReportedPage(traffic)
    page.starts_worker("https://example.com/worker.js")
    now = 1.5
    before = traffic.awaits_data(2)
    page.is_answered()
    at_once, now = traffic.awaits_data(2), 2.5
    assert (before, at_once, traffic.awaits_data(2)) == (True, True, False)


def test_a_worker_that_the_page_has_made_itself_is_waited_for_only_shortly() -> None:
    now = 0.0
    traffic = Traffic(lambda: now)
    ReportedPage(traffic).starts_worker("blob:https://example.com/1")
    at_once, now = traffic.awaits_data(2), 1.0
    assert (at_once, traffic.awaits_data(2)) == (True, False)


@pytest.mark.parametrize(("documents", "awaited"), [(10, {"frame"}), (11, set())])
def test_a_frame_that_goes_on_from_document_to_document_is_not_awaited(documents: int, awaited: set[str]) -> None:
    traffic = Traffic()
    handlers = ReportedPage(traffic).handlers
    for number in range(documents):
        if number:
            handlers["Network.loadingFailed"]({"requestId": str(number - 1)})
        asked = {"requestId": str(number), "type": "Document", "frameId": "frame", "request": {"url": OTHER}}
        handlers["Network.requestWillBeSent"](asked)
    assert traffic.loading_frames() == awaited
    assert traffic.awaited(frozenset(["document"])) == ({OTHER} if awaited else set())
