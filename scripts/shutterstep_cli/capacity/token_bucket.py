"""The token bucket by which AWS throttles calls."""


class TokenBucket:
    """Holds `burst` tokens, refilled at `rate` a second; times must not go back."""

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate = burst, rate
        self.tokens, self.at = burst, 0.0

    def take(self, now: float, patience: float = 0, count: float = 1) -> float | None:
        """Seconds to wait for `count` tokens, which are taken; None, and nothing taken, when it is over `patience`."""
        if now > self.at:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
            self.at = now
        wait = max(0.0, (count - self.tokens) / self.rate)
        if wait > patience + 1e-9:  # a full second's tokens come a rounding error late
            return None
        self.tokens -= count
        return wait
