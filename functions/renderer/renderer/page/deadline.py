"""One limit for all steps of a render: each step gets what the ones before it left."""

import time
from collections.abc import Callable

from shutterstep.errors import RenderTimeoutError

Clock = Callable[[], float]

# Kept back for the capture, so that a page that never comes to rest is pictured as it is at the deadline.
CAPTURE_MS = 5000
CAPTURE_SHARE = 0.4


class Deadline:
    """Ends `timeout_ms` milliseconds after it was made; waiting for the page ends some time before."""

    def __init__(self, timeout_ms: int, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self._started = clock()
        self._timeout_ms = timeout_ms
        self._capture_ms = min(CAPTURE_MS, round(timeout_ms * CAPTURE_SHARE))

    def elapsed_ms(self) -> int:
        """Milliseconds since the start."""
        return round((self.clock() - self._started) * 1000)

    def remaining_ms(self) -> int:
        """Milliseconds left, at least 1. Raises RenderTimeoutError."""
        left = self._timeout_ms - self.elapsed_ms()
        if left < 1:
            raise self.error()
        return left

    def waiting_seconds(self) -> float:
        """Seconds left for waiting for the page, 0 when there are none."""
        return max(0, self._timeout_ms - self._capture_ms - self.elapsed_ms()) / 1000

    def error(self) -> RenderTimeoutError:
        """The error that says the time is up."""
        return RenderTimeoutError(f"the page was not rendered within {self._timeout_ms} ms")
