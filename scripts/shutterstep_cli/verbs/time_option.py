"""Times ago as people write them: 90m, 24h, 7d; a number alone means hours."""

import re
from datetime import UTC, datetime, timedelta

import typer

SINCE_HELP = "How long ago, as 30m, 24h or 7d."
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "": 3600}


def time_ago(text: str) -> datetime:
    """Returns the time that long before now, in UTC. Raises typer.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", text.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{text}: write a number and m, h or d, such as 24h", param_hint="--since")
    try:
        return datetime.now(UTC) - timedelta(seconds=float(found[1]) * SECONDS[found[2]])
    except OverflowError as error:
        raise typer.BadParameter(f"{text}: is too long ago", param_hint="--since") from error
