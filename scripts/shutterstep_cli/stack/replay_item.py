"""One thing to replay: a failed execution or a dead letter, and what became of it."""

from dataclasses import asdict, dataclass


@dataclass
class ReplayItem:
    """`outcome` is planned at first, then started, redriven, sent or already_replayed; or else not_ours,
    not_redrivable, request_gone or still_invalid, with the reason in `note`. `old_execution` is empty for a dead
    letter.
    """

    id: str
    status: str
    error_code: str
    reason: str
    stopped_at: str
    old_execution: str = ""
    new_execution: str = ""
    outcome: str = "planned"
    note: str = ""
    message_id: str = ""
    url: str = ""
    input: str = ""

    def refuse(self, outcome: str, note: str) -> None:
        """Marks the item as one that cannot be replayed, with the reason."""
        self.outcome, self.note = outcome, note

    def public(self) -> dict[str, str]:
        """Returns the fields for the report, without the input."""
        return {name: value for name, value in asdict(self).items() if name != "input"}
