"""Finds executions that ended without a picture, and starts them again under a new name or redrives them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shutterstep_cli.stack.executions import error_code_of, object_in
from shutterstep_cli.stack.items import item_of, read_items
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.history import text_of

REPLAYABLE = ("FAILED", "TIMED_OUT", "ABORTED")
# An execution name has at most 80 characters, and the old name may use them all. A hash keeps the new name distinct.
KEPT_OF_THE_NAME = 69
# ExecutionTimeoutSeconds is at most a day, so an execution that started earlier cannot have stopped later.
LONGEST_EXECUTION = timedelta(days=1, hours=1)
# A redrive can continue in these states: the first two claim the id, the others rely on the claim.
CLAIMING = ("Claim", "LookUpOwner", "WhySkip")
CLAIMED = ("RenderOnTask", "RenderInPool", "MarkSuccess", "MarkFailed")


def failed(target: Target, since: datetime) -> Iterator[ReplayItem]:
    """Yields the executions that stopped after `since` without a picture, for each status the newest first."""
    sfn = target.client("stepfunctions")
    pages = sfn.get_paginator("list_executions")
    for status in REPLAYABLE:
        found = pages.paginate(stateMachineArn=target.outputs["StateMachineArn"], statusFilter=status)
        for execution in found.search("executions[]"):
            if execution["startDate"] < since - LONGEST_EXECUTION:
                break  # the newest come first
            if execution["stopDate"] >= since:
                yield described(sfn.describe_execution(executionArn=execution["executionArn"]))


def without_a_picture(target: Target, lines: list[ReplayItem]) -> tuple[list[ReplayItem], list[ReplayItem]]:
    """Returns one line for each id, for its newest failure: ids without a picture, then ids that have one by now."""
    newest: dict[str, ReplayItem] = {}
    for line in sorted(lines, key=lambda line: line.stopped_at):
        newest[line.id or line.old_execution] = line
    items = read_items(target, (line.id for line in newest.values() if line.id))
    left: list[ReplayItem] = []
    done: list[ReplayItem] = []
    for line in newest.values():
        status = items.get(line.id, {}).get("status")
        if status == "processing":
            line.refuse("at_work", f"{items[line.id]['claim']} is rendering it")
        (done if status == "success" else left).append(line)
    return left, done


def described(execution: dict[str, Any]) -> ReplayItem:
    """Returns the line of an execution that DescribeExecution described; `not_ours` if its input names no id."""
    line = ReplayItem(
        id=str(object_in(execution["input"]).get("id", "")),
        url=str(object_in(execution["input"]).get("url", "")),
        status=execution["status"],
        error_code=error_code_of(execution["status"], execution.get("error")),
        reason=execution.get("cause") or "",
        stopped_at=text_of(execution["stopDate"]),
        old_execution=execution["executionArn"],
        input=execution["input"],
    )
    if not line.id:
        line.refuse("not_ours", "its input names no id: the starter did not start it")
    return line


def say_why_not_restartable(target: Target, line: ReplayItem) -> None:
    """Marks the line if its request is gone: requests with secrets, and large ones, stay in the bucket for 14 days."""
    if line.outcome != "planned":
        return
    reference = json.loads(line.input).get("job", {}).get("request_reference")
    if reference and not _exists(target, reference):
        line.refuse("request_gone", f"{reference['key']} has expired; send the message again")


def _exists(target: Target, reference: dict[str, str]) -> bool:
    try:
        target.client("s3").head_object(Bucket=reference["bucket"], Key=reference["key"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True


def restart(target: Target, line: ReplayItem) -> None:
    """Starts the replay under a name made from the old name only, so that a second run starts nothing."""
    sfn = target.client("stepfunctions")
    name = replay_name(line.old_execution.rpartition(":")[2])
    line.new_execution = f"{line.old_execution.rpartition(':')[0]}:{name}"
    try:
        sfn.start_execution(stateMachineArn=target.outputs["StateMachineArn"], name=name, input=line.input)
    except sfn.exceptions.ExecutionAlreadyExists:
        line.outcome = "already_replayed"
    else:
        line.outcome = "started"


def replay_name(name: str) -> str:
    """Returns the name of the execution that replays this one; at most 80 characters, the same each time."""
    return f"{name[:KEPT_OF_THE_NAME]}-r{hashlib.sha256(name.encode()).hexdigest()[:9]}"


def say_why_not_redrivable(target: Target, line: ReplayItem) -> None:
    """Marks the line if AWS refuses a redrive, or if a redrive cannot lead to a picture."""
    if line.outcome != "planned":
        return
    sfn = target.client("stepfunctions")
    execution = sfn.describe_execution(executionArn=line.old_execution)
    if execution.get("redriveStatus") != "REDRIVABLE":
        line.refuse("not_redrivable", execution.get("redriveStatusReason", "Step Functions does not say why"))
        return
    state = _last_state(sfn, line.old_execution)
    if state not in CLAIMING + CLAIMED:
        line.refuse("not_redrivable", f"it ended in {state} and would end there again; use --mode restart")
    elif state in CLAIMED and not _still_holds(target, line):
        line.refuse(
            "not_redrivable", "another execution has claimed the id since; use --mode restart, which claims it again"
        )


def _still_holds(target: Target, line: ReplayItem) -> bool:
    """Whether its result would still be committed: nobody has claimed the id since."""
    item = item_of(target, line.id)
    return item.get("status") != "success" and item.get("claim") == line.old_execution.rpartition(":")[2]


def _last_state(sfn: Any, arn: str) -> str:
    pages = sfn.get_paginator("get_execution_history")
    events = pages.paginate(executionArn=arn, reverseOrder=True, includeExecutionData=False).search("events[]")
    entered = (event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event)
    return next(entered, "no state")


def redrive(target: Target, line: ReplayItem) -> None:
    """Continues the execution from the state at which it stopped. The token makes repeated calls one call."""
    sfn = target.client("stepfunctions")
    token = hashlib.sha256(f"{line.old_execution} {line.stopped_at}".encode()).hexdigest()
    try:
        sfn.redrive_execution(executionArn=line.old_execution, clientToken=token)
    except (sfn.exceptions.ExecutionNotRedrivable, sfn.exceptions.ExecutionDoesNotExist) as error:
        line.refuse("not_redrivable", error.response["Error"]["Message"])
    else:
        line.outcome, line.new_execution = "redriven", line.old_execution
