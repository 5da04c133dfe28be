"""The error of one of our scripts in a page, and the value of a successful one."""

from typing import Any

from renderer.browser.protocol import Params


class ScriptError(Exception):
    """A script threw, or its document went away while it ran; `message` says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DocumentAwayError(ScriptError):
    """The document went away before the script began, so no part of it ran."""


def value_of(answer: Params) -> Any:
    """Returns the JSON value in an answer of the Runtime domain. Raises ScriptError for an exception."""
    if "exceptionDetails" in answer:
        details = answer["exceptionDetails"]
        raise ScriptError(details.get("exception", {}).get("description") or details["text"])
    return answer["result"].get("value")
