"""What the request blocks: ads and trackers by list; pictures, fonts and media by type."""

from renderer.browser.protocol import Params
from renderer.page import blocklists
from renderer.page.traffic import Traffic
from shutterstep.request import Request

# DevTools' resource types by the option that blocks them.
TYPES = {"images": "Image", "fonts": "Font", "media": "Media"}

# The lists' names for DevTools' types, where they differ.
LIST_TYPES = {"xhr": "xmlhttprequest", "fetch": "xmlhttprequest", "document": "subdocument"}


class Blocking:
    """Decides about each request of a page; `kinds` are the request's options that apply to requests."""

    def __init__(self, request: Request, main_frame: str, traffic: Traffic) -> None:
        self.kinds = [kind for kind in request["block"] if kind in TYPES or kind in blocklists.LISTS]
        self._traffic = traffic
        self._main_frame = main_frame

    def reason(self, event: Params) -> str | None:
        """Returns the option that blocks a paused request, or None; the page's own document is never blocked."""
        type_ = event["resourceType"]
        if type_ == "Document" and event["frameId"] == self._main_frame:
            return None
        return next((kind for kind in self.kinds if self._blocks(kind, event["request"]["url"], type_)), None)

    def _blocks(self, kind: str, url: str, type_: str) -> bool:
        if kind in TYPES:
            return type_ == TYPES[kind]
        listed = LIST_TYPES.get(type_.lower(), type_.lower())
        return blocklists.is_listed(kind, url, self._traffic.address or "about:blank", listed)
