"""Watches a load test until everything has ended, shows progress, and finds out when nothing changes any more."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shutterstep.ids import execution_name
from shutterstep_cli.load.evidence import ExecutionEvidence, executions
from shutterstep_cli.load.sending import Sent
from shutterstep_cli.stack.target import Target
from shutterstep_cli.terminal import Working, moving_display

POLL_SECONDS = 1.0
# A message without an execution counts as a dead letter if the queue was empty for this many seconds.
SETTLED_SECONDS_LOCAL = 5.0
SETTLED_SECONDS_AWS = 60.0


@dataclass(frozen=True)
class Rest:
    """The end of the test: its executions, and whether the request queue was empty by then."""

    executions: dict[str, ExecutionEvidence]
    queue_empty: bool


class Display:
    """Shows one bar for the messages sent and one for those that ended; shows nothing when `quiet`."""

    def __init__(self, count: int, console: Console, *, quiet: bool) -> None:
        columns = (TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, TextColumn("{task.fields[note]}"), console=console, disable=quiet)
        self.sent = self.progress.add_task("sent", total=count, note="")
        self.ended = self.progress.add_task("ended", total=count, note="")
        self.words: Working | None = None

    def __enter__(self) -> "Display":
        self.stack = ExitStack()
        if self.progress.console.is_terminal and not self.progress.disable:
            self.stack.enter_context(moving_display())
            self.stack.enter_context(self.progress)
        else:
            self.words = self.stack.enter_context(Working("sending the messages"))
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def on_sent(self, batch: Sequence[Sent]) -> None:
        """Shows that the messages of a batch were sent."""
        self.progress.advance(self.sent, len(batch))

    def on_poll(self, found: dict[str, ExecutionEvidence]) -> None:
        """Shows how many executions ended with which status, and how many run."""
        counts = Counter(execution.status for execution in found.values())
        running = counts.pop("RUNNING", 0)
        ends = ", ".join(f"{number} {status.lower()}" for status, number in sorted(counts.items()))
        note = f"{running} running; {ends}"
        self.progress.update(self.ended, completed=sum(counts.values()), note=note)
        if self.words is not None:
            self.words.update(f"{sum(counts.values())} ended, {note}")


def wait_for_rest(
    target: Target, sent: Sequence[Sent], prefix: str, wait_seconds: float, on_poll: Callable[..., object]
) -> Rest:
    """Polls until every message has an ended execution, nothing changes any more, or the wait is over."""
    awaited = {execution_name(one.message.id, one.message_id) for one in sent if not one.error}
    deadline = time.monotonic() + wait_seconds
    settled_seconds = SETTLED_SECONDS_LOCAL if target.endpoint_url else SETTLED_SECONDS_AWS
    quiet_since = None
    while True:
        found, pages = executions(target, prefix, min(one.at for one in sent) - 60)
        on_poll(found)
        running = any(execution.stopped_at is None for execution in found.values())
        is_empty = queue_is_empty(target)
        if not running and is_empty and awaited <= found.keys():
            return Rest(found, queue_empty=True)
        quiet = not running and is_empty
        quiet_since = (quiet_since or time.monotonic()) if quiet else None
        now = time.monotonic()
        if quiet_since is not None and now - quiet_since >= settled_seconds:
            return Rest(found, queue_empty=True)
        if now > deadline:
            return Rest(found, queue_empty=is_empty)
        time.sleep(POLL_SECONDS * max(1, pages))


def queue_is_empty(target: Target) -> bool:
    """Whether no message of the request queue waits or is being processed by a starter."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queue = target.outputs["RequestQueueUrl"]
    found = target.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return not any(int(value) for value in found.values())
