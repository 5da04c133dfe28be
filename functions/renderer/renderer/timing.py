"""Records when a task reached which step, for the log and the benchmark of cold starts."""

import os
import time


class Timing:
    """Milliseconds from the start of the process to each moment."""

    def __init__(self) -> None:
        self.since_start_ms: dict[str, int] = {}

    def reached(self, name: str) -> None:
        """Records that this step was reached now."""
        self.since_start_ms[name] = round((time.clock_gettime(time.CLOCK_BOOTTIME) - _process_start()) * 1000)


def _process_start() -> float:
    """Returns the seconds from boot to the start of this process, to a hundredth."""
    with open("/proc/self/stat", encoding="ascii", errors="replace") as stat:
        return int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
