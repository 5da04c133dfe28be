"""Sends heartbeats to the workflow during the work, and cancels the work when nobody waits for it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from renderer.log import Log

Result = TypeVar("Result")


async def with_heartbeats(
    work: Coroutine[Any, Any, Result], beat: Callable[[], None], seconds: float, log: Log
) -> Result:
    """Returns the work's result.

    Calls `beat` in a thread, at once and every `seconds`; its TokenGoneError cancels the work.
    """
    working = asyncio.ensure_future(work)
    beating = asyncio.ensure_future(_beat_for_ever(beat, seconds, log))
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        # A finished picture counts even if the last heartbeat failed at the same moment: sending the answer decides.
        return working.result() if working.done() else beating.result()
    finally:
        working.cancel()
        beating.cancel()
        await asyncio.gather(working, beating, return_exceptions=True)


async def _beat_for_ever(beat: Callable[[], None], seconds: float, log: Log) -> Any:
    while True:
        try:
            await asyncio.to_thread(beat)
        except (ClientError, BotoCoreError) as exc:
            # One lost heartbeat is no reason to lose the render: HeartbeatSeconds and the visibility timeout allow
            # several.
            log.write("heartbeat_failed", reason=type(exc).__name__)
        await asyncio.sleep(seconds)
