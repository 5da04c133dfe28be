"""What happened to one id, from every component in order of time: the workflow's history, and log lines."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shutterstep_cli.stack.executions import Story
from shutterstep_cli.stack.target import Target
from shutterstep_cli.trouble import CommandError
from shutterstep_cli.workflow.history import message_of, text_of

# The log groups by their logical name in the template, and the component's name for readers.
LOG_GROUPS = {"StarterLogGroup": "starter", "RendererLogGroup": "renderer", "ReleaseLogGroup": "release"}
LINES = 1000
QUERY_SECONDS = 60
SECONDS_OF_A_STEP = 0.5
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=5)
TIMES = ("time", "timestamp", "event_timestamp")
NOT_NEWS = {*TIMES, "id", "claim", "service", "level", "location", "message", "event", "function_arn",
            "function_memory_size", "function_name", "function_request_id", "cold_start", "xray_trace_id",
            "_aws"}  # fmt: skip


@dataclass(frozen=True, order=True)
class Entry:
    """`time` is ISO 8601 UTC with milliseconds, so that times sort as text."""

    time: str
    component: str
    text: str


def of_the_workflow(story: Story) -> Iterator[Entry]:
    """Yields a line for each state passed (two if it took time), for each failed attempt, and for the end."""
    for visit in story.history.visits:
        takes_time = visit.seconds is None or visit.seconds >= SECONDS_OF_A_STEP
        if takes_time:
            yield Entry(text_of(visit.entered_at), "workflow", f"{visit.state}: begins")
        for number, attempt in enumerate(visit.attempts, 1):
            if attempt.error:
                why = f"{visit.state}, attempt {number}: {attempt.error}: {message_of(attempt.cause)}"
                yield Entry(text_of(attempt.ended_at or attempt.started_at), "workflow", why)
        if visit.exited_at or not takes_time:
            yield Entry(text_of(visit.exited_at or visit.entered_at), "workflow", f"{visit.state}: {visit.outcome}")
    execution = story.execution
    if execution.stopped_at:
        text = ": ".join(filter(None, (execution.outcome, execution.reason, execution.message)))
        yield Entry(text_of(execution.stopped_at), "workflow", f"ended: {text}")


def of_lines(component: str, lines: Iterable[str], wanted: Iterable[str]) -> Iterator[Entry]:
    """Yields the log lines that contain any of `wanted`: JSON lines of the components, or text with a time in it."""
    names = [name for name in wanted if name]
    for line in lines:
        if any(name in line for name in names):
            yield entry_of(component, line)


def entry_of(component: str, line: str) -> Entry:
    """Returns the entry of a log line, with the line's own time."""
    try:
        document = json.loads(line)
    except ValueError:
        return Entry(time_in(line), component, line.strip())
    if not isinstance(document, dict):
        return Entry(time_in(line), component, line.strip())
    when = next((str(document[name]) for name in TIMES if name in document), "")
    head = str(document.get("event") or document.get("message") or document.get("type") or "")
    rest = ", ".join(f"{name}={value}" for name, value in document.items() if name not in NOT_NEWS)
    return Entry(time_in(when), str(document.get("service", component)), f"{head} {rest}".strip())


def time_in(text: str) -> str:
    """Returns the time at the beginning of a text, in the form of the other entries; empty if there is none."""
    found = re.search(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,3}))?", text)
    if found is None:
        return ""
    return f"{found[1]}T{found[2]}.{(found[3] or '0').ljust(3, '0')}Z"


def of_logs_insights(
    target: Target, story: Story, wanted: list[str], pause: Callable[[float], None] = time.sleep
) -> Iterator[Entry]:
    """Yields the lines of the stack's log groups on AWS that name any of `wanted`, around the execution's time."""
    logs, groups = target.client("logs"), _groups(target)
    escaped = " or ".join(f"@message like {json.dumps(name)}" for name in wanted if name)
    query = f"fields @timestamp, @message, @log | filter {escaped} | sort @timestamp asc | limit {LINES}"
    end = (story.execution.stopped_at or datetime.now(UTC)) + AFTER
    start = story.execution.started_at - BEFORE
    started = logs.start_query(
        logGroupNames=list(groups), startTime=int(start.timestamp()), endTime=int(end.timestamp()), queryString=query
    )
    for row in _answer(logs, started["queryId"], pause):
        fields = {cell["field"]: cell["value"] for cell in row}
        component = groups.get(fields.get("@log", "").partition(":")[2], "log")
        entry = entry_of(component, fields.get("@message", ""))
        yield Entry(time_in(fields.get("@timestamp", "")), component, entry.text)


def _groups(target: Target) -> dict[str, str]:
    pages = target.client("cloudformation").get_paginator("list_stack_resources")
    found = pages.paginate(StackName=target.stack_name).search("StackResourceSummaries[]")
    return {one["PhysicalResourceId"]: LOG_GROUPS[one["LogicalResourceId"]] for one in found
            if one["LogicalResourceId"] in LOG_GROUPS}  # fmt: skip


def _answer(logs: Any, query: str, pause: Callable[[float], None]) -> list[Any]:
    for _ in range(QUERY_SECONDS):
        found = logs.get_query_results(queryId=query)
        if found["status"] not in ("Scheduled", "Running"):
            return found["results"]
        pause(1)
    raise CommandError(f"Logs Insights has not answered within {QUERY_SECONDS} s; try again", 1)
