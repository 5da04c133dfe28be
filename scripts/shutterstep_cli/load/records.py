"""One record for each message: when it was sent, started and finished, and how it ended according to the evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shutterstep.ids import execution_name
from shutterstep_cli.load.evidence import Evidence, ExecutionEvidence
from shutterstep_cli.load.sending import Sent

ENDED = ("rendered", "skipped", "failed", "dead_letter")


@dataclass
class Record:
    """`outcome` is rendered, skipped, failed, dead_letter, unfinished (running or waiting), lost or unsent.

    `detail` is the reason of a skip or the code of an error. Times are epoch seconds, durations are seconds; both are
    None if there is none.
    """

    id: str
    kind: str
    execution: str
    sent_at: float
    started_at: float | None = None
    finished_at: float | None = None
    outcome: str = "lost"
    detail: str = ""
    render_s: float | None = None

    @property
    def total_s(self) -> float | None:
        """Seconds from send to the end of the execution; the clocks of sender and service may differ slightly."""
        return None if self.finished_at is None else max(0.0, self.finished_at - self.sent_at)

    @property
    def queue_s(self) -> float | None:
        """Seconds from send to the start of the execution: time in the request queue and the starter."""
        return None if self.started_at is None else max(0.0, self.started_at - self.sent_at)

    @property
    def workflow_s(self) -> float | None:
        """Seconds of the execution without the render: its states, and the wait for a task or a free worker."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(0.0, self.finished_at - self.started_at - (self.render_s or 0))


def records(sent: Iterable[Sent], evidence: Evidence, *, may_be_queued: bool) -> list[Record]:
    """Returns what became of each message; `may_be_queued` is true if the request queue was not seen empty."""
    commits = {name: id_ for id_, names in evidence.commits().items() for name in names}
    return [_record(one, evidence, commits, may_be_queued) for one in sent]


def _record(sent: Sent, evidence: Evidence, commits: dict[str, str], may_be_queued: bool) -> Record:
    message = sent.message
    record = Record(message.id, message.kind, "", sent.at)
    if sent.error:
        record.outcome, record.detail = "unsent", sent.error
        return record
    record.execution = execution_name(message.id, sent.message_id)
    execution = evidence.executions.get(record.execution)
    if execution is not None:
        _take_execution(record, execution, evidence, commits)
    elif sent.message_id in evidence.dead_letters:
        record.outcome, record.detail = "dead_letter", evidence.dead_letters[sent.message_id]
    elif may_be_queued:
        record.outcome, record.detail = "unfinished", "in the request queue"
    return record


def _take_execution(record: Record, execution: ExecutionEvidence, evidence: Evidence, commits: dict[str, str]) -> None:
    record.started_at, record.finished_at = execution.started_at, execution.stopped_at
    if execution.stopped_at is None:
        record.outcome, record.detail = "unfinished", "its execution is running"
    elif execution.name in commits:
        record.outcome = "rendered"
        item = evidence.items.get(record.id, {})
        if item.get("claim") == execution.name and "render_ms" in item:
            record.render_s = item["render_ms"] / 1000
    else:
        end = evidence.ends.get(execution.name, {})
        # An execution whose output says `success` counts as a render, even if nothing else shows it.
        record.outcome = {"success": "rendered"}.get(end.get("status", "failed"), end.get("status", "failed"))
        record.detail = end.get("reason") or end.get("error_code", "")


def strangers(sent: Sequence[Sent], evidence: Evidence) -> list[str]:
    """Returns the executions of the test's ids that no known message started.

    They arise when SQS accepted a message but its answer was lost, so that the message was sent again.
    """
    known = {execution_name(one.message.id, one.message_id) for one in sent}
    return sorted(set(evidence.executions) - known)
