"""Takes pictures with the whole stack, whose warm worker is a container of the image: each request is a message."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from renderer.page.render import Picture
from shutterstep.errors import InvalidRequestError, RenderError
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own, workers_of
from tests.end_to_end.studio import Studio

# One worker, so that renders at the same time share its browser, as they do in this machine's own.
WORKER = {"RenderMode": "pool", "PoolConcurrency": "4", "TaskCpu": "2048", "TaskMemory": "4096"}
WAIT_SECONDS = 120


class StackStudio(Studio):
    """Sends requests, follows their executions, and returns the final contents of item and bucket."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def outcomes(self, *requests: dict[str, Any]) -> list[Picture | RenderError]:
        shots = [submit(self._target, {**request, "id": uuid.uuid4().hex}) for request in requests]
        follow(self._target, shots, lambda: None, WAIT_SECONDS)
        return [self._picture(shot) if shot.status == "success" else self._error(shot) for shot in shots]

    def _picture(self, shot: Shot) -> Picture:
        result = shot.result
        stored = self._target.client("s3").get_object(Bucket=result["s3_bucket"], Key=result["s3_key"])
        body = stored["Body"].read()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (result["sha256"], result["bytes"])
        told = ("content_type", "width", "height", "final_url", "http_status", "title", "render_ms", "details")
        return Picture(body, **{name: result[name] for name in told})

    def _error(self, shot: Shot) -> RenderError:
        assert shot.status in ("failed", "refused"), f"{shot.status}: {shot.error_message}"
        field = ""
        if shot.status == "failed":
            item = item_of(self._target, shot.id)
            assert (item["status"], item["error_code"]) == ("failed", shot.error_code)
            states = self._target.client("stepfunctions")
            field = json.loads(states.describe_execution(executionArn=shot.execution_arn)["cause"]).get("field", "")
        return error_of(str(shot.error_code), str(shot.error_message), field)


def error_of(code: str, message: str, field: str = "") -> RenderError:
    """Returns the error for a code that a stack reported; `field` is the field of an invalid request."""
    if code == InvalidRequestError.code:
        return InvalidRequestError(message, field)
    error = RenderError(message)
    error.code = code
    return error


@contextmanager
def open_stack_studio(home: Path, image: str) -> Iterator[Studio]:
    """A stack of its own in `home`, with one worker of the image."""
    with stack_of_its_own(home, launcher=True, ImageUri=image, **WORKER) as target, workers_of(target, 1):
        yield StackStudio(target)
