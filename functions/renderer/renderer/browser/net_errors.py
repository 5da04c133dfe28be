"""Converts Chromium's network errors to the error codes of the workflow."""

import re

from shutterstep import errors

NET_ERROR = re.compile(r"net::ERR_([A-Z0-9_]+)")

# The first matching pattern decides; a text that matches none counts as a failed connection.
NET_ERRORS: tuple[tuple[str, type[errors.RenderError], str], ...] = (
    (r"NAME_|DNS_|ICANN_", errors.DnsFailureError, "the name of the page's host could not be resolved"),
    (r"CERT_|SSL_|BAD_SSL|ECH_", errors.TlsError, "no trusted TLS connection to the page's host"),
    (r"TOO_MANY_REDIRECTS", errors.TooManyRedirectsError, "the page redirected too often"),
    (r"HTTP_RESPONSE_CODE_FAILURE", errors.HttpStatusError, "the page answered with an error status and no content"),
    (r"ABORTED", errors.InvalidRequestError, "the address returns a download or nothing instead of a page"),
    (
        r"UNSAFE_PORT|UNSAFE_REDIRECT|INVALID_URL|INVALID_REDIRECT|UNKNOWN_URL_SCHEME|DISALLOWED_URL_SCHEME",
        errors.InvalidRequestError,
        "the URL, or one it redirects to, uses a scheme or port that browsers refuse",
    ),
    (r"", errors.ConnectionFailedError, "no connection to the page's host"),
)


def net_error(name: str) -> errors.RenderError:
    """Returns the error for Chromium's net::ERR_<name>; the text never repeats the address, which may hold secrets."""
    _, kind, text = next(row for row in NET_ERRORS if re.match(row[0], name))
    message = f"{text} (net::ERR_{name})"
    if kind is errors.InvalidRequestError:
        return errors.InvalidRequestError(message, field="url")
    return kind(message)
