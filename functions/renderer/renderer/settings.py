"""The process's settings from its environment, read once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from renderer.egress.addresses import EgressPolicy, parse_policy
from renderer.egress.closed_ports import parse_closed_ports
from renderer.limits import Limits
from shutterstep.errors import MisconfiguredError

# Seconds of the stop timeout that a worker keeps for the answer and for giving jobs back.
STOP_MARGIN_SECONDS = 10


@dataclass(frozen=True)
class Settings:
    """The environment of one run; `job` is the JSON text of the render contract, empty if none was given."""

    job: str
    heartbeat_seconds: float


def read_egress_policy(environment: Mapping[str, str]) -> EgressPolicy:
    """Returns what pages may reach, for a task and a worker alike. Raises MisconfiguredError for an invalid list."""
    try:
        allowed = parse_policy(environment.get("EGRESS_ALLOW", ""))
    except ValueError as exc:
        raise MisconfiguredError(f"EGRESS_ALLOW (parameter EgressAllow): {exc}") from exc
    try:
        closed = parse_closed_ports(environment.get("EGRESS_CLOSED_PORTS", ""))
    except ValueError as exc:
        raise MisconfiguredError(f"EGRESS_CLOSED_PORTS: {exc}") from exc
    return replace(allowed, local_pages=environment.get("EGRESS_LOCAL_PAGES") == "true", closed_ports=closed)


def read_limits(environment: Mapping[str, str]) -> Limits:
    """Returns how large pictures may be, for a task and a worker alike.

    Raises MisconfiguredError for an invalid number.
    """
    usual = Limits()
    return Limits(
        side=_whole("MAX_PICTURE_SIDE", environment.get("MAX_PICTURE_SIDE", usual.side)),
        pixels=_whole("MAX_PICTURE_PIXELS", environment.get("MAX_PICTURE_PIXELS", usual.pixels)),
    )


def _number(name: str, text: str | float) -> float:
    """Returns the value of a setting, greater than 0 and finite. Raises MisconfiguredError."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise MisconfiguredError(f"{name} is {str(text)[:50]!r}; it needs a number greater than 0")
    return number


def _whole(name: str, text: str | float) -> int:
    """Returns the value of a setting that counts something: half a page at once would be a worker that takes no job."""
    number = _number(name, text)
    if number < 1:
        raise MisconfiguredError(f"{name} is {str(text)[:50]!r}; it needs a whole number of 1 or more")
    return int(number)


@dataclass(frozen=True)
class PoolSettings:
    """The environment of a pool worker.

    It renders `concurrency` jobs at once. A job stays hidden for `visibility_seconds` after each heartbeat, and fails
    after `max_receives` workers died with it alone, which is noted in the table `table_name`. `grace_seconds` is left
    for current pages when the worker must stop. `worked_file` is touched whenever the queue answers or a job ends.
    """

    queue_url: str
    concurrency: int
    max_receives: int
    visibility_seconds: int
    grace_seconds: float
    beat_seconds: float
    table_name: str = ""
    worked_file: Path | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises MisconfiguredError when HEARTBEAT_SECONDS is not a number."""
    return Settings(
        job=environment.get("JOB", ""),
        heartbeat_seconds=_number("HEARTBEAT_SECONDS", environment.get("HEARTBEAT_SECONDS", 10)),
    )


def read_pool_settings(environment: Mapping[str, str]) -> PoolSettings | None:
    """Returns the worker's settings, None if the process has one job or no queue. Raises MisconfiguredError."""
    queue_url = environment.get("RENDER_QUEUE_URL", "")
    if environment.get("JOB") or not queue_url:
        return None
    visibility = _whole("POOL_VISIBILITY_SECONDS", environment.get("POOL_VISIBILITY_SECONDS", 60))
    stop = _number("POOL_STOP_SECONDS", environment.get("POOL_STOP_SECONDS", 120))
    return PoolSettings(
        queue_url=queue_url,
        concurrency=_whole("POOL_CONCURRENCY", environment.get("POOL_CONCURRENCY", 2)),
        max_receives=_whole("POOL_MAX_RECEIVES", environment.get("POOL_MAX_RECEIVES", 3)),
        visibility_seconds=visibility,
        grace_seconds=max(stop - STOP_MARGIN_SECONDS, stop / 2),
        # Two heartbeats may be lost before another worker takes the job.
        beat_seconds=min(_number("HEARTBEAT_SECONDS", environment.get("HEARTBEAT_SECONDS", 10)), visibility / 3),
        table_name=environment.get("POOL_TABLE_NAME", ""),
        worked_file=Path(file) if (file := environment.get("POOL_WORKED_FILE")) else None,
    )
