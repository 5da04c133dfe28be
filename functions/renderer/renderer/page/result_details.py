"""The details of a result, small enough for the item."""

import json
from typing import Any

from renderer.egress.guard import EgressGuard
from renderer.page.render_context import RenderContext

LIMIT = 16_384
URL_LENGTH = 512
REMOVED = 30


def details_of(context: RenderContext, guard: EgressGuard) -> dict[str, Any]:
    """Returns redirects, phases (milliseconds), truncated, deadlineReached, removed, blocked_requests, console_errors,
    requests and bytes by type.

    Also `blocked` if the guard refused connections, `blank` for a picture of one colour, and `pages` for a PDF.
    """
    findings, traffic = context.findings, context.traffic
    details: dict[str, Any] = {
        "redirects": [hop | {"url": hop["url"][:URL_LENGTH]} for hop in traffic.redirects],
        "phases": findings.phases,
        "truncated": findings.truncated,
        "deadlineReached": findings.deadline_reached,
        "removed": findings.removed[:REMOVED],
        "blocked_requests": findings.blocked_requests,
        "console_errors": traffic.console_errors,
        "requests": dict(traffic.requests),
        "bytes": dict(traffic.bytes),
        **guard.details(),
    }
    if findings.blank:
        details["blank"] = True
    if findings.pages is not None:
        details["pages"] = findings.pages
    return bounded(details)


def bounded(details: dict[str, Any]) -> dict[str, Any]:
    """Returns the details without the longest lists if they would not fit; non-ASCII text counts as escaped."""
    for name in ("redirects", "removed"):
        while details[name] and len(json.dumps(details)) > LIMIT:
            details[name] = details[name][: len(details[name]) // 2]
    return details
