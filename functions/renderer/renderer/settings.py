"""What the process is told by its environment, read once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The environment of one run; `job` is the JSON text of the render contract, empty if none was given."""

    job: str
    heartbeat_seconds: float


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises ValueError when HEARTBEAT_SECONDS is no number."""
    return Settings(
        job=environment.get("JOB", ""),
        heartbeat_seconds=float(environment.get("HEARTBEAT_SECONDS", "10")),
    )
