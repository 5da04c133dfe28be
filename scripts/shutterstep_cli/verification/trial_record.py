"""The record of a verification: messages, stops, replays, and a line for each step."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.workflow.history import text_of


@dataclass(frozen=True)
class TrialMessage:
    """A message that was sent, or an execution that was started directly; `execution` is its name."""

    id: str
    part: str
    execution: str


@dataclass(frozen=True)
class TrialStep:
    """A step in words; `at` is ISO 8601 in UTC."""

    at: str
    text: str


@dataclass
class TrialRecord:
    """`given_back_seconds` stays None and `stopped_task` empty if the trial did not come that far."""

    prefix: str
    pool: bool
    started_at: float
    messages: list[TrialMessage] = field(default_factory=list)
    steps: list[TrialStep] = field(default_factory=list)
    invalid_message_id: str = ""
    given_back_seconds: float | None = None
    given_back_code: str = ""
    stopped_task: str = ""
    lost_errors: list[str] = field(default_factory=list)
    workers_before: list[str] = field(default_factory=list)
    workers_after: list[str] = field(default_factory=list)
    replays: list[ReplayItem] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def ids(self, *parts: str) -> list[str]:
        """Returns the distinct ids of these parts of the trial, in the order of sending."""
        return list(dict.fromkeys(message.id for message in self.messages if message.part in parts))

    def note(self, text: str) -> None:
        """Adds a step."""
        self.steps.append(TrialStep(text_of(datetime.now(UTC)), text))

    def steps_as_json(self) -> list[dict[str, Any]]:
        """Returns a list of {at, text}."""
        return [asdict(step) for step in self.steps]
