"""One way to take pictures, as a process that waits for orders, so that rounds of several can be interleaved.

A taker reads a JSON line `{"urls": [...], "concurrency": n}` from its input, takes the pictures, and answers with
a JSON line `{"sizes": [bytes of each PNG]}`. It ends with its input.
"""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.benchmarks.process_tree import cpu_seconds

SMALLEST_PICTURE = 5_000  # bytes: a blank page of this size is smaller than any of ours


@dataclass(frozen=True)
class Sample:
    """What one round cost, a picture: `wall` and `cpu` in seconds."""

    wall: float
    cpu: float


class TakerError(Exception):
    """A taker ended or took fewer pictures than it was asked for; the text holds its last words."""


class Contender:
    """A taker that runs. `name` stands in the tables."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command, self._environment = list(command), dict(environment)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def process(self) -> int:
        """The id of the taker's process."""
        return self._process.pid

    def take(self, urls: Sequence[str], concurrency: int) -> Sample:
        """Takes one picture of each address. Raises TakerError unless every one is there."""
        cpu, wall = cpu_seconds(self.process), time.monotonic()
        answer = self.order({"urls": list(urls), "concurrency": concurrency})
        wall, cpu = time.monotonic() - wall, cpu_seconds(self.process) - cpu
        good = sum(size > SMALLEST_PICTURE for size in answer["sizes"])
        if good != len(urls):
            raise TakerError(f"{self.name} took {good} pictures of {len(urls)}")
        return Sample(wall / len(urls), cpu / len(urls))

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """Sends any order and waits for its answer. Raises TakerError when the taker has ended."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(json.dumps(order), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise TakerError(f"{self.name} ended with {self._process.wait()}")
        return json.loads(line)
