"""A time ago as people write it: 90m, 24h, 7d; a number alone is hours."""

import re
from datetime import UTC, datetime, timedelta

import typer

SINCE_HELP = "How long ago, as 30m, 24h or 7d."
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "": 3600}


def time_ago(text: str) -> datetime:
    """The time so long before now, UTC. Raises typer.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", text.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{text}: write a number and m, h or d, as 24h", param_hint="--since")
    try:
        return datetime.now(UTC) - timedelta(seconds=float(found[1]) * SECONDS[found[2]])
    except OverflowError as error:
        raise typer.BadParameter(f"{text}: longer than there has been time", param_hint="--since") from error
