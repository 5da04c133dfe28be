"""Where our picture differs from Playwright's on purpose, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """The combination's name, and the reason. `size` is the right one; Playwright's picture has another or none."""

    name: str
    reason: str
    size: tuple[int, int]


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "libraries/reveal.html phone",
        "On a phone reveal.js scrolls its slides in a box and moves a bar beside them while it does. We scroll through "
        "the box, and Playwright does not, so the bar is elsewhere.",
        (1082, 6607),
    ),
)


def difference_of(name: str) -> Difference | None:
    """The named difference of a combination, if it has one."""
    return next((difference for difference in DIFFERENCES if difference.name == name), None)
