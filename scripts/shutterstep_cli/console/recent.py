"""Answers cached for a moment, so that AWS is asked once, no matter how many pages are open."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

# Number of different keys that can be asked for at the same time.
LOCKS = 16


class Recent(Generic[Value]):
    """Keeps each answer for `seconds`; callers that ask at the same time wait for the same answer."""

    def __init__(self, seconds: float, keys: int = 64) -> None:
        self.seconds, self.keys = seconds, keys
        self._values: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()
        self._asking = [Lock() for _ in range(LOCKS)]
        self._lock = Lock()

    def get(self, key: Hashable, ask: Callable[[], Value]) -> Value:
        """Returns the value of a key, at most `seconds` old; errors are not cached."""
        with self._asking[hash(key) % LOCKS]:
            with self._lock:
                found = self._values.get(key)
            if found is not None and time.monotonic() - found[0] <= self.seconds:
                return found[1]
            value = ask()
            self._keep(key, value)
            return value

    def _keep(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._values[key] = (time.monotonic(), value)
            self._values.move_to_end(key)
            while len(self._values) > self.keys:
                self._values.popitem(last=False)

    def forget(self) -> None:
        """Forgets all answers, so that the next call asks AWS again."""
        with self._lock:
            self._values.clear()
