"""CloudWatch's metric math, as far as the template uses it, on series in which a minute may have no value."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Point = float | None
Points = Sequence[Point]


def evaluated(expression: str, **series: Points) -> list[Point]:
    """What the expression gives for each minute; None where it has no value. Every series has the same length."""
    minutes = len(next(iter(series.values())))
    text = re.sub(r"\bIF\(", "IF_(", expression)
    names: Mapping[str, Any] = {name: Series(points) for name, points in series.items()}
    found = eval(text, {"__builtins__": {}}, {**names, "IF_": _if, "FILL": _fill, "REPEAT": "REPEAT"})
    return list(_series(found, minutes).points)


class Series:
    """Calculates minute by minute; a minute without a value on either side has none in the result."""

    def __init__(self, points: Points) -> None:
        self.points = points

    def _with(self, other: "Series | float", apply: Callable[[float, float], float | None]) -> "Series":
        pairs = zip(self.points, _series(other, len(self.points)).points, strict=True)
        return Series([None if a is None or b is None else apply(a, b) for a, b in pairs])

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
        return self._with(other, lambda a, b: float(a < b))

    def __ge__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda a, b: float(a >= b))


def _series(value: Series | float, minutes: int) -> Series:
    return value if isinstance(value, Series) else Series([value] * minutes)


def _if(condition: Series, so: Series | float, otherwise: Series | float) -> Series:
    minutes = len(condition.points)
    rows = zip(condition.points, _series(so, minutes).points, _series(otherwise, minutes).points, strict=True)
    return Series([None if given is None else yes if given else no for given, yes, no in rows])


def _fill(series: Series, value: float | str) -> Series:
    """A number for every gap; REPEAT is the value before, so that a gap at the beginning stays one."""
    points: list[Point] = []
    for point in series.points:
        before = points[-1] if points else None
        points.append(point if point is not None else before if isinstance(value, str) else value)
    return Series(points)
