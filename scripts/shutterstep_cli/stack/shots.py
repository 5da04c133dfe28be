"""A shot: one request on its way from the queue to a file on disk; `capture` and `demo` share it."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from shutterstep import producer
from shutterstep.errors import InvalidRequestError
from shutterstep.item import RESULT_FIELDS
from shutterstep.public_address import public_address
from shutterstep.request import Request
from shutterstep_cli.stack.executions import error_code_of
from shutterstep_cli.stack.file_names import file_name
from shutterstep_cli.stack.items import item_of, result_of
from shutterstep_cli.stack.target import Target
from shutterstep_cli.trouble import code_of
from shutterstep_cli.workflow.history import message_of

RUNNING = "running"
FIRST_ERROR_STATUS = 400


@dataclass
class Shot:
    """The state of one request: `status` is queued, running, success, skipped, failed, refused or late."""

    request: Request
    id: str = ""
    status: str = "queued"
    reason: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    file: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    execution_arn: str = ""

    @property
    def url(self) -> str:
        """The address without secrets, since terminals are recorded and manifests are kept."""
        return public_address(str(self.request.get("url", "about:blank")))

    @property
    def ended(self) -> bool:
        return self.status not in ("queued", RUNNING)

    @property
    def http_error(self) -> int | None:
        """The page's own HTTP status if it is an error, else None: the picture then shows an error page."""
        status = self.result.get("http_status")
        return status if isinstance(status, int) and status >= FIRST_ERROR_STATUS else None

    def line(self) -> dict[str, Any]:
        """Returns what `--json` prints: always every field, so that scripts can rely on it."""
        names = ("url", "id", "status", "reason", "error_code", "error_message", "file")
        result = {name: self.result.get(name) for name in (*RESULT_FIELDS, "details")}
        return {name: getattr(self, name) for name in names} | result


def submit(target: Target, request: Request) -> Shot:
    """Validates and sends one request; an invalid one is returned as refused and is not sent."""
    try:
        sent = producer.submit(request, queue_url=target.outputs["RequestQueueUrl"], client=target.client("sqs"))
    except InvalidRequestError as error:
        return Shot(request, status="refused", error_code=error.code, error_message=error.message)
    arn = target.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    return Shot(request, id=sent.id, execution_arn=f"{arn}:{sent.execution_name}")


def follow(target: Target, shots: list[Shot], on_change: Callable[[], object], wait_seconds: float) -> None:
    """Polls until every shot has ended. Shots that have not ended in time become `late`; they can be followed again."""
    deadline = time.monotonic() + wait_seconds
    while any(not shot.ended for shot in shots):
        for shot in shots:
            if not shot.ended:
                refresh(target, shot)
        on_change()
        if time.monotonic() > deadline:
            _give_up(shots, wait_seconds)
        time.sleep(0.25)


def _give_up(shots: Iterable[Shot], wait_seconds: float) -> None:
    for shot in shots:
        if not shot.ended:
            where = shot.states[-1] if shot.states else "the queue"
            shot.status, shot.error_code = "late", "Shutterstep.WaitTimeout"
            shot.error_message = f"still in {where} after {wait_seconds:.0f} s; run the command again, or raise --wait"


def refresh(target: Target, shot: Shot) -> None:
    """Reads the shot's execution, which exists only after the starter has started it."""
    sfn = target.client("stepfunctions")
    try:
        execution = sfn.describe_execution(executionArn=shot.execution_arn)
    except sfn.exceptions.ExecutionDoesNotExist:
        return
    shot.states = states_passed(target, shot.execution_arn)
    if execution["status"] == "SUCCEEDED":
        _take_output(target, shot, json.loads(execution["output"]))
    elif execution["status"] == "RUNNING":
        shot.status = RUNNING
    else:
        shot.status = "failed"
        shot.error_code = error_code_of(execution["status"], execution.get("error"))
        shot.error_message = message_of(execution.get("cause", ""))


def states_passed(target: Target, execution_arn: str) -> list[str]:
    """Returns the names of the states an execution entered, in order."""
    pages = target.client("stepfunctions").get_paginator("get_execution_history")
    events = pages.paginate(executionArn=execution_arn, includeExecutionData=False).search("events[]")
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def _take_output(target: Target, shot: Shot, output: dict[str, Any]) -> None:
    if output["status"] == "success":
        shot.status, shot.result = "success", result_of(output)
        return
    shot.reason = output["reason"]
    item = item_of(target, shot.id)
    if shot.reason != "conflicting_request" and item.get("status") == "processing":
        shot.status = RUNNING  # its owner is still rendering, and its picture will be ours too
        return
    shot.status = "skipped"
    if shot.reason == "conflicting_request":
        shot.error_code, shot.error_message = "conflicting_request", conflict_in_words(item)
    elif item.get("status") == "success":
        shot.result = result_of(item)
    else:
        shot.error_code, shot.error_message = item.get("error_code"), item.get("error_message")


def conflict_in_words(item: dict[str, Any]) -> str:
    """Says which request holds an id, until when, and what to do instead."""
    until = (
        datetime.fromtimestamp(item["expires_at"], UTC).strftime("%Y-%m-%d %H:%M UTC") if "expires_at" in item else "?"
    )
    return (
        f"the id belongs to another request, of {item.get('url', 'an unknown page')} with other options, "
        f"until {until}; use another id"
    )


def download(target: Target, shot: Shot, folder: Path) -> None:
    """Writes the shot's picture into the folder and notes its path; a missing picture is an error of the shot."""
    if not shot.result.get("s3_key"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(shot.request, shot.id)
    try:
        target.client("s3").download_file(shot.result["s3_bucket"], shot.result["s3_key"], str(path))
    except ClientError as error:
        shot.error_code, shot.error_message = (
            "Shutterstep.PictureGone",
            f"{shot.result['s3_key']}: {code_of(error)}; render it again with --again",
        )
        return
    shot.file = str(path)
