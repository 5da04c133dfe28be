"""The report of a load test as one self-contained HTML file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from shutterstep.plain_text import plain
from shutterstep_cli.load.figures import PARTS, Figures, durations, summary
from shutterstep_cli.load.load_plots import all_plots
from shutterstep_cli.plotting import svg

PROBLEMS_SHOWN = 50
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2129; background: #f6f7f9; margin: 0; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 30px 0 10px; }
p.about { color: #667; margin: 2px 0 16px; } code { font-size: 13px; }
.verdict { padding: 10px 16px; border-radius: 8px; font-weight: 600; color: #fff; background: #d13f3f; }
.verdict.passed { background: #2c9a5b; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 10px; margin-top: 16px; }
.tile { background: #fff; border: 1px solid #e3e6ea; border-radius: 8px; padding: 10px 14px; }
.tile b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; } .tile span { color: #667; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 12px; }
.plots svg { width: 100%; height: auto; background: #fff; border: 1px solid #e3e6ea; border-radius: 8px; }
table { border-collapse: collapse; background: #fff; border: 1px solid #e3e6ea; }
th, td { padding: 5px 14px; text-align: left; border-bottom: 1px solid #eef0f3; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
</style></head><body><main>
<h1>$title</h1><p class="about">$about</p>
<div class="verdict $state">$verdict</div>
<div class="tiles">$tiles</div>
<h2>Over time</h2><div class="plots">$plots</div>
<h2>How they ended</h2>$outcomes
<h2>Seconds from send to finish</h2>$latencies
$problems
</main></body></html>
""")


def write_page(figures: Figures, about: str, path: Path) -> Path:
    """Writes the page and returns its path; `about` says in one line what was sent where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(figures, about), "utf-8")
    return path


def page(figures: Figures, about: str) -> str:
    """Returns the whole page."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return PAGE.substitute(
        title=f"Load test of {len(figures.records):,} messages",
        about=escape(f"{about} · {now}"),
        state="passed" if figures.passed else "",
        verdict=escape(verdict(figures)),
        tiles="".join(_tile(*tile) for tile in tiles(figures.as_json())),
        plots="".join(svg(draw, f"plot{place}") for place, draw in enumerate(all_plots(figures))),
        outcomes=_table(("outcome", "detail", "messages"), outcomes(figures)),
        latencies=_table(("", "p50", "p95", "p99", "maximum", "messages"), latencies(figures)),
        problems=_problems(figures),
    )


def verdict(figures: Figures) -> str:
    """Returns the result in one sentence."""
    if figures.passed:
        return f"Passed: {len(figures.records):,} sent, none lost, none rendered twice."
    counts = figures.as_json()
    names = ("lost", "rendered_twice", "unfinished", "unsent")
    return "Not passed: " + ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in names if counts[name])


def tiles(counts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yields the headline figures: value and name."""
    for name in ("sent", "distinct_ids", "rendered", "lost", "rendered_twice"):
        yield f"{counts[name]:,}", name.replace("_", " ")
    for name in ("skipped", "failed", "dead_letters"):
        yield f"{sum(counts[name].values()):,}", name.replace("_", " ")
    yield f"{counts['per_second']:.2f}", "ended a second"
    for name in ("p50_s", "p95_s", "p99_s"):
        yield _seconds(counts[name]), f"{name.removesuffix('_s')}, seconds"
    yield f"{counts['renders_uncommitted']:,}", "renders not committed"
    yield f"{counts['workers_killed']:,}", "workers killed"


def outcomes(figures: Figures) -> Iterable[tuple[str, str, str]]:
    """Yields one row for each outcome and detail."""
    counted: dict[tuple[str, str], int] = {}
    for record in figures.records:
        counted[record.outcome, record.detail] = counted.get((record.outcome, record.detail), 0) + 1
    for (outcome, detail), number in sorted(counted.items()):
        yield outcome.replace("_", " "), detail, f"{number:,}"


def latencies(figures: Figures) -> Iterable[Sequence[str]]:
    """Yields a row for the whole time of rendered messages, one for each part of it, and one for skipped messages."""
    rendered = figures.of("rendered")
    rows = [(f"rendered: {part}", durations(rendered, field)) for part, field in PARTS.items()]
    for name, values in [*rows, ("skipped: total", durations(figures.of("skipped"), "total_s"))]:
        yield name, *(_seconds(value) for value in summary(values).values()), f"{len(values):,}"


def _problems(figures: Figures) -> str:
    rows = [(record.id, record.outcome, record.detail) for record in figures.of("lost", "unfinished", "unsent")]
    rows += [(id_, "rendered twice", ", ".join(names)) for id_, names in figures.rendered_twice.items()]
    title = f"<h2>What went wrong ({len(rows)})</h2>"
    return title + _table(("id", "what", "detail"), rows[:PROBLEMS_SHOWN]) if rows else ""


def _tile(value: str, name: str) -> str:
    return f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body}</table>"


def _cell(value: str) -> str:
    value = plain(value)
    is_number = value.replace(",", "").replace(".", "").isdigit()
    return f'<td class="number">{escape(value)}</td>' if is_number else f"<td>{escape(value)}</td>"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
