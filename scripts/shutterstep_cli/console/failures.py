"""Items that failed and were not rendered since, and their replay; the same functions as `shutterstep replay`."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from shutterstep_cli.console.recent import Recent
from shutterstep_cli.stack.failed_executions import REPLAYABLE, described, restart, say_why_not_restartable
from shutterstep_cli.stack.items import unfinished
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target

FAILED_SECONDS = 5.0
REPLAYS_A_SECOND = 10

Item = dict[str, Any]


class NotAllowedError(Exception):
    """The console was started without permission for this action."""


@dataclass
class Batch:
    """A batch of replays: `outcomes` counts the finished ones, `notes` say why some were not replayed."""

    total: int
    outcomes: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.outcomes.total()


class Failures:
    """Reads the failed items of one stack from the sparse index, and replays their executions if that is allowed."""

    def __init__(self, target: Target, *, may_replay: bool) -> None:
        self.target, self.may_replay = target, may_replay
        self.sfn = target.client("stepfunctions")
        self._recent: Recent[list[Item]] = Recent(FAILED_SECONDS)

    def items(self) -> list[Item]:
        """Returns every failed item, the latest failure first."""
        return self._recent.get("failed", self._read)

    def _read(self) -> list[Item]:
        failed = (item for item in unfinished(self.target) if item["status"] == "failed")
        return sorted(failed, key=lambda item: item.get("finished_at", ""), reverse=True)

    def replay(self, arns: Iterable[str], batch: Batch) -> None:
        """Starts each execution's input again under the name of its replay, ten a second."""
        for arn in arns:
            try:
                line = self.replay_one(arn)
            except Exception as error:  # noqa: BLE001 (a boundary: an error of one replay must not stop the batch)
                line = _refused(arn, "error", str(error) or type(error).__name__)
            batch.outcomes[line.outcome] += 1
            if line.note:
                batch.notes.append(f"{line.id}: {line.note}")
            time.sleep(1 / REPLAYS_A_SECOND)

    def replay_one(self, arn: str) -> ReplayItem:
        """Replays one execution; `outcome` is started, already_replayed, or the reason with a `note`.

        Raises NotAllowedError without --allow-replay.
        """
        if not self.may_replay:
            raise NotAllowedError("this console is read-only; start it with --allow-replay")
        try:
            execution = self.sfn.describe_execution(executionArn=arn)
        except ClientError as error:
            return _refused(arn, "gone", str(error))
        if execution["status"] not in REPLAYABLE:
            return _refused(arn, "not_failed", f"it is {execution['status']}")
        line = described(execution)
        say_why_not_restartable(self.target, line)
        if line.outcome == "planned":
            restart(self.target, line)
        self._recent.forget()
        return line


def _refused(arn: str, outcome: str, note: str) -> ReplayItem:
    line = ReplayItem(arn.rpartition(":")[2], "", "", "", "", arn)
    line.refuse(outcome, note)
    return line


def is_wanted(item: Item, code: str, text: str) -> bool:
    """Whether an item has the error code, if given, and the text in its id, page or error."""
    shown = " ".join(str(item.get(name, "")) for name in ("id", "url", "error_code", "error_message"))
    return code in ("", item.get("error_code", "")) and text.casefold() in shown.casefold()


def counts(items: list[Item]) -> list[tuple[str, int]]:
    """Returns the error codes with the number of items for each, the largest first."""
    return Counter(item.get("error_code", "") for item in items).most_common()
