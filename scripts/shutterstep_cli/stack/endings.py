"""Follows how many executions end, from the table: one call reads 100 ids, so a round for 1,000 costs ten calls.

An execution that never had the claim leaves no trace in the table. After a while it is described by name, a few
executions a round, within the quota of DescribeExecution.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shutterstep_cli.stack.executions import error_code_of, object_in
from shutterstep_cli.stack.items import read_items
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.history import message_of

# The quota of DescribeExecution is 15 a second sustained; one command among others uses at most a third of it.
DESCRIBED_A_ROUND = 5
UNSEEN_SECONDS = 10.0


@dataclass
class Ending:
    """`outcome` is success, skipped, failed or not_started; `item` is the id's item in the table."""

    outcome: str
    item: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    error_code: str | None = None
    error_message: str | None = None


class Follower:
    """Follows executions by name, each with the id that it claims and, if known, the hash of its request."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.open: dict[str, tuple[str, str]] = {}
        self._asked: dict[str, float] = {}

    def add(self, execution: str, id_: str, request_hash: str = "") -> None:
        """Starts to follow this execution."""
        self.open[execution] = (id_, request_hash)
        self._asked[execution] = time.monotonic()

    def ended(self) -> Iterator[tuple[str, Ending]]:
        """Makes one round, and yields the executions that have ended since the last one."""
        items = read_items(self.target, (id_ for id_, _ in self.open.values()))
        for execution, (id_, request_hash) in list(self.open.items()):
            ending = _by_item(items.get(id_, {}), execution, request_hash)
            if ending is not None:
                del self.open[execution]
                yield execution, ending
        yield from self._by_name(items)

    def processing(self, execution: str) -> bool:
        """Whether the last read showed the item claimed by this execution; for progress only."""
        return execution in self.open

    def _by_name(self, items: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Ending]]:
        now = time.monotonic()
        unseen = [
            name
            for name, (id_, _) in self.open.items()
            if items.get(id_, {}).get("claim") != name and now - self._asked[name] > UNSEEN_SECONDS
        ]
        for name in sorted(unseen, key=self._asked.__getitem__)[:DESCRIBED_A_ROUND]:
            self._asked[name] = now
            ending = self._described(name, items.get(self.open[name][0], {}))
            if ending is not None:
                del self.open[name]
                yield name, ending

    def _described(self, name: str, item: dict[str, Any]) -> Ending | None:
        sfn = self.target.client("stepfunctions")
        machine = self.target.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
        try:
            execution = sfn.describe_execution(executionArn=f"{machine}:{name}")
        except sfn.exceptions.ExecutionDoesNotExist:
            return None
        if execution["status"] == "RUNNING":
            return None
        if execution["status"] == "SUCCEEDED":
            return _skipped(object_in(execution.get("output", "")), item)
        code = error_code_of(execution["status"], execution.get("error"))
        return Ending("failed", item, None, code, message_of(execution.get("cause") or ""))


def _skipped(output: dict[str, Any], item: dict[str, Any]) -> Ending | None:
    reason = output.get("reason")
    if reason is None:
        return Ending("success", item | output)
    if reason != "conflicting_request" and item.get("status") == "processing":
        return None  # its owner is rendering, and its picture will be ours as well
    if reason != "conflicting_request" and item.get("status") == "failed":
        return Ending("failed", item, reason, item.get("error_code"), item.get("error_message"))
    return Ending("skipped", item, reason)


def _by_item(item: dict[str, Any], execution: str, request_hash: str) -> Ending | None:
    """Returns the ending if the item alone shows it, else None."""
    if item.get("claim") != execution:
        same = bool(request_hash) and item.get("request_hash") == request_hash
        return Ending("skipped", item, "already_processed") if same and item.get("status") == "success" else None
    if item["status"] == "success":
        return Ending("success", item)
    if item["status"] == "failed":
        return Ending("failed", item, None, item.get("error_code"), item.get("error_message"))
    return None
