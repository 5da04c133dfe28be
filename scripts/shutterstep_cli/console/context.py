"""Everything that the pages of the console share, and what their visitors may do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep.request import Request
from shutterstep_cli.console.executions_cache import ExecutionsCache
from shutterstep_cli.console.failures import Batch, Failures, NotAllowedError
from shutterstep_cli.console.gauges import Gauges
from shutterstep_cli.stack.shots import Shot, submit
from shutterstep_cli.stack.target import Target

Answer = TypeVar("Answer")

# Errors that an AWS call may raise; the page shows them and asks again at the next refresh.
TROUBLE = (BotoCoreError, ClientError)


@dataclass
class ConsoleContext:
    """The stack that the console shows; `batch` is the last batch of replays, from any page."""

    target: Target
    executions: ExecutionsCache
    gauges: Gauges
    failures: Failures
    may_send: bool
    batch: Batch | None = None

    @property
    def may_replay(self) -> bool:
        return self.failures.may_replay

    def send(self, request: Request) -> Shot:
        """Sends a request; an invalid one is returned as refused. Raises NotAllowedError without --allow-send."""
        if not self.may_send:
            raise NotAllowedError("this console is read-only; start it with --allow-send")
        self.executions.forget()
        return submit(self.target, request)


def open_context(target: Target, *, may_replay: bool, may_send: bool) -> ConsoleContext:
    """Makes every client at once, because boto3 does not guarantee that several threads may make them."""
    failures = Failures(target, may_replay=may_replay)
    for service in ("s3", "sqs", "dynamodb"):
        target.client(service)
    return ConsoleContext(target, ExecutionsCache(target), Gauges(target), failures, may_send)


async def ask(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Calls a function that waits for AWS in a thread, so that the other pages stay responsive. Returns its result."""
    return await asyncio.to_thread(function, *arguments)
