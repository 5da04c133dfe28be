"""Plots in one style, as files or as SVG inside a page; matplotlib is imported only when a plot is drawn."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COLOURS = {"blue": "#2f6fde", "orange": "#e07b1f", "green": "#2c9a5b", "red": "#d13f3f", "grey": "#8a8f98"}
MOST_POINTS = 1200
STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e8ec",
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
}
Draw = Callable[[Any], None]


@contextmanager
def figure(panels: Sequence[Draw], columns: int = 1, size: tuple[float, float] = (8, 3)) -> Iterator[Any]:
    """Gives a matplotlib figure with its panels drawn, each `size` in inches; closes it afterwards."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        fig, axes = plt.subplots(rows, columns, figsize=(size[0] * columns, size[1] * rows), squeeze=False)
        try:
            for axis, draw in zip(axes.flat, panels, strict=False):
                draw(axis)
            for axis in axes.flat[len(panels) :]:
                axis.remove()
            yield fig
        finally:
            plt.close(fig)


def svg(draw: Draw, name: str) -> str:
    """Returns one panel as an SVG element, without the XML prologue; `name` makes its ids unique on a page."""
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        _write_svg(draw, text)
    return text.getvalue()[text.getvalue().index("<svg") :]


def _write_svg(draw: Draw, text: io.StringIO) -> None:
    with figure([draw]) as fig:
        fig.savefig(text, format="svg", metadata={"Date": None})


def save(panels: Sequence[Draw], path: Path, title: str, columns: int = 1) -> Path:
    """Writes the panels as a picture and returns its path; the path's suffix determines the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with figure(panels, columns) as fig:
        fig.suptitle(title, x=0.01, ha="left", fontweight="bold")
        fig.savefig(path, dpi=90)
    return path


def whole_numbers(axis: Any) -> None:
    """Labels the vertical axis with 1,000,000 instead of 1e6."""
    axis.yaxis.set_major_formatter("{x:,.0f}")


def thinned(points: Sequence[Any]) -> Sequence[Any]:
    """Returns at most MOST_POINTS of the points, evenly spaced, including the last."""
    step = -(-len(points) // MOST_POINTS) or 1
    return [*points[::step], *points[-1:]] if step > 1 else points
