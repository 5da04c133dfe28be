"""One time limit for all steps of a render: each step gets the time that the earlier ones left."""

import time
from collections.abc import Callable

from shutterstep.errors import RenderTimeoutError

Clock = Callable[[], float]

# Time kept for the capture, so that a page that never comes to rest is pictured as it is: five seconds, or 40 % of a
# short limit. Chosen, not measured.
CAPTURE_MS = 5000
CAPTURE_SHARE = 0.4


class Deadline:
    """Ends `timeout_ms` milliseconds after it was made; waiting for the page ends earlier, to leave time to capture."""

    def __init__(self, timeout_ms: int, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self._started = clock()
        self._timeout_ms = timeout_ms
        self._capture_ms = min(CAPTURE_MS, round(timeout_ms * CAPTURE_SHARE))

    def elapsed_ms(self) -> int:
        """Returns the milliseconds since the start."""
        return round((self.clock() - self._started) * 1000)

    def remaining_ms(self) -> int:
        """Returns the milliseconds left, at least 1. Raises RenderTimeoutError when there are none."""
        left = self._timeout_ms - self.elapsed_ms()
        if left < 1:
            raise self.error()
        return left

    def waiting_seconds(self) -> float:
        """Returns the seconds left for waiting for the page, 0 if there are none."""
        return max(0, self._timeout_ms - self._capture_ms - self.elapsed_ms()) / 1000

    def error(self) -> RenderTimeoutError:
        """Returns the error for a deadline that has passed."""
        return RenderTimeoutError(f"the page was not rendered within {self._timeout_ms} ms")
