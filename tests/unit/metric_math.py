"""CloudWatch's metric math as AWS documents it, as far as the template uses it, on series that lack values.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html says of a minute without a value:
arithmetic and comparisons of two series take it as 0, a division by zero drops the minute, and IF drops it where its
condition has no value. It does not say whether FILL fills a series without any value, nor what a lone series without a
value gives beside a number: `readings` has every way to read it, and an alarm has to be right under all of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

Point = float | None
Points = Sequence[Point]


@dataclass(frozen=True)
class Reading:
    """What the documentation leaves open."""

    fills_empty_series: bool
    counts_missing_as_zero_beside_a_number: bool


def readings() -> Iterator[Reading]:
    """Every way to read what the documentation leaves open."""
    return (Reading(*chosen) for chosen in product((True, False), repeat=2))


def evaluated(expression: str, reading: Reading, **series: Points) -> list[Point]:
    """What the expression gives for each minute; None where it has no value. Every series has the same length."""
    text = re.sub(r"\bIF\(", "IF_(", expression)
    names: Mapping[str, Any] = {name: Series(points, reading) for name, points in series.items()}
    found = eval(text, {"__builtins__": {}}, {**names, "IF_": _if, "FILL": _fill, "REPEAT": "REPEAT"})
    return list(found.points)


class Series:
    """Calculates minute by minute."""

    def __init__(self, points: Points, reading: Reading) -> None:
        self.points = points
        self.reading = reading

    def _with(self, other: "Series | float", apply: Callable[[float, float], float | None]) -> "Series":
        if not isinstance(other, Series):
            empty = 0.0 if self.reading.counts_missing_as_zero_beside_a_number else None
            mine = [empty if point is None else point for point in self.points]
            return Series([None if point is None else apply(point, other) for point in mine], self.reading)
        pairs = zip(self.points, other.points, strict=True)
        return Series([None if a is b is None else apply(a or 0.0, b or 0.0) for a, b in pairs], self.reading)

    def _compared(self, other: "Series | float", apply: Callable[[float, float], bool]) -> "Series":
        if isinstance(other, Series):
            return self._with(other, lambda a, b: float(apply(a, b)))
        return Series([None if a is None else float(apply(a, other)) for a in self.points], self.reading)

    def __add__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda a, b: a / b if b else None)

    def __lt__(self, other: "Series | float") -> "Series":
        return self._compared(other, lambda a, b: a < b)

    def __gt__(self, other: "Series | float") -> "Series":
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: "Series | float") -> "Series":
        return self._compared(other, lambda a, b: a >= b)


def _if(condition: Series, so: Series | float, otherwise: Series | float) -> Series:
    """Where the condition holds and its value is missing: 0. Where it does not hold and its value is missing: none."""

    def points(value: Series | float) -> Points:
        return value.points if isinstance(value, Series) else [value] * len(condition.points)

    rows = zip(condition.points, points(so), points(otherwise), strict=True)
    return Series(
        [None if given is None else (yes or 0.0) if given else no for given, yes, no in rows], condition.reading
    )


def _fill(series: Series, value: float | str) -> Series:
    """A number for every gap; REPEAT is the value before, so that a gap at the beginning stays one."""
    if all(point is None for point in series.points) and not series.reading.fills_empty_series:
        return series
    points: list[Point] = []
    for point in series.points:
        before = points[-1] if points else None
        points.append(point if point is not None else before if isinstance(value, str) else value)
    return Series(points, series.reading)
