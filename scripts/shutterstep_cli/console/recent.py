"""Answers kept for a moment: however many pages are open, AWS is asked once."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

# How many different keys can be asked for at the same time.
LOCKS = 16


class Recent(Generic[Value]):
    """Keeps what was asked for `seconds`; those who ask at the same time wait for the one answer."""

    def __init__(self, seconds: float, keys: int = 64) -> None:
        self.seconds, self.keys = seconds, keys
        self._values: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()
        self._asking = [Lock() for _ in range(LOCKS)]
        self._lock = Lock()

    def get(self, key: Hashable, ask: Callable[[], Value]) -> Value:
        """The value of a key, at most `seconds` old; an error is not kept."""
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
        """Forgets the answer, so that the next call asks AWS again."""
        with self._lock:
            self._values.clear()
