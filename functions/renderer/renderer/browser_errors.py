"""Turns what Playwright and Chromium say went wrong into the error codes of the workflow."""

import re

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from renderer.deadline import Deadline
from shutterstep import errors

NET_ERROR = re.compile(r"net::ERR_([A-Z0-9_]+)")

# The first pattern that matches decides; what matches none is a failed connection.
NET_ERRORS: tuple[tuple[str, type[errors.RenderError], str], ...] = (
    (r"NAME_|DNS_|ICANN_", errors.DnsFailureError, "the name of the page's host could not be resolved"),
    (r"CERT_|SSL_|BAD_SSL|ECH_", errors.TlsError, "no trusted TLS connection to the page's host"),
    (r"TOO_MANY_REDIRECTS", errors.TooManyRedirectsError, "the page redirected too often"),
    (r"HTTP_RESPONSE_CODE_FAILURE", errors.HttpStatusError, "the page answered with an error status and no content"),
    (r"ABORTED", errors.InvalidRequestError, "the address gives no page to picture, but a download or nothing"),
    (
        r"UNSAFE_PORT|UNSAFE_REDIRECT|INVALID_URL|INVALID_REDIRECT|UNKNOWN_URL_SCHEME|DISALLOWED_URL_SCHEME",
        errors.InvalidRequestError,
        "the address, or one it redirects to, is none a browser opens",
    ),
    (r"", errors.ConnectionFailedError, "no connection to the page's host"),
)

CRASHED = ("Page crashed", "Target crashed")
CLOSED = ("has been closed", "Connection closed", "Browser closed", "disconnected")


def translate(error: PlaywrightError, deadline: Deadline) -> errors.RenderError:
    """The error of the workflow for one of Playwright; the text never repeats the address, which may hold secrets."""
    if isinstance(error, PlaywrightTimeoutError):
        return deadline.error()
    if "Download is starting" in error.message:
        return errors.InvalidRequestError("the address is a download, not a page", field="url")
    found = NET_ERROR.search(error.message)
    if found:
        return net_error(found.group(1))
    if any(words in error.message for words in CRASHED):
        return errors.PageCrashedError("the page crashed while it was rendered")
    if any(words in error.message for words in CLOSED):
        return errors.BrowserCrashedError("the browser ended while it rendered the page")
    return errors.BrowserCrashedError(f"the browser failed: {error.name}")


def net_error(name: str) -> errors.RenderError:
    """The error for Chromium's net::ERR_<name>."""
    _, kind, text = next(row for row in NET_ERRORS if re.match(row[0], name))
    message = f"{text} (net::ERR_{name})"
    if kind is errors.InvalidRequestError:
        return errors.InvalidRequestError(message, field="url")
    return kind(message)
