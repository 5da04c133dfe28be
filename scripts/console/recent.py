"""Answers kept for a moment: however many pages are open, AWS is asked once."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Keeps what was asked for `seconds`; those who ask at the same time wait for the one answer."""

    def __init__(self, seconds: float, keys: int = 64) -> None:
        self.seconds, self.keys = seconds, keys
        self._values: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()
        self._locks: OrderedDict[Hashable, Lock] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, ask: Callable[[], Value]) -> Value:
        """The value of a key, at most `seconds` old; an error is not kept."""
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            found = self._values.get(key)
            if found is None or time.monotonic() - found[0] > self.seconds:
                found = (time.monotonic(), ask())
                self._keep(key, found)
            return found[1]

    def _keep(self, key: Hashable, found: tuple[float, Value]) -> None:
        with self._lock:
            self._values[key] = found
            self._values.move_to_end(key)
            while len(self._values) > self.keys:
                oldest, _ = self._values.popitem(last=False)
                self._locks.pop(oldest, None)

    def forget(self) -> None:
        """Ask again next time."""
        with self._lock:
            self._values.clear()
