"""The token bucket with which AWS throttles calls."""


class TokenBucket:
    """Holds up to `burst` tokens, refilled at `rate` a second; `now` must never decrease."""

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate = burst, rate
        self.tokens, self.at = burst, 0.0

    def take(self, now: float, patience: float = 0, count: float = 1) -> float | None:
        """Takes `count` tokens and returns the seconds to wait for them.

        Takes nothing and returns None if the wait would be longer than `patience`.
        """
        if now > self.at:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
            self.at = now
        wait = max(0.0, (count - self.tokens) / self.rate)
        if wait > patience + 1e-9:  # tolerates the rounding error of a second's tokens
            return None
        self.tokens -= count
        return wait
