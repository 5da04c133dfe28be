"""Tables for people: one line a row, columns chosen by the terminal's width; complete when piped or on request."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape

from shutterstep.plain_text import plain

GAP = 2
NUMBER = re.compile(r"[-+$]?[\d,.]*[ %s]*")
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are their full-width forms


@dataclass(frozen=True)
class Column:
    """`least` is the smallest width of the column, 0 if it is never cut; columns with a low `rank` stay the longest."""

    name: str
    rank: int = 0
    least: int = 0
    title: str = ""

    @property
    def head(self) -> str:
        return self.title or self.name.replace("_", " ")


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, wide: bool = False) -> None:
    """Prints the rows. Columns without values are left out; columns that do not fit are named on stderr."""
    texts = [{column: one_line(row.get(column.name)) for column in columns} for row in rows]
    filled = [column for column in columns if any(text[column] for text in texts)]
    natural = {
        column: max(cell_len(text) for text in (column.head, *(row[column] for row in texts))) for column in filled
    }
    if wide or not sys.stdout.isatty():
        chosen, widths = filled, natural
    else:
        chosen = _fitting(filled, natural, Console().width)
        widths = _shared_out(chosen, natural, Console().width)
    typer.secho(_line({column: column.head for column in chosen}, widths), bold=True)
    for row in texts:
        typer.echo(_line(row, widths))
    hidden = [column.head for column in filled if column not in chosen]
    if hidden:
        typer.secho(f"--wide shows also: {', '.join(hidden)}", dim=True, err=True)


def show_grid(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Prints a few short columns in full; columns with numbers are aligned right, except the first."""
    texts = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(head, *texts, strict=True)]
    numbers = [all(NUMBER.fullmatch(cell) for cell in column) for column in zip(*texts, strict=True)]
    for number, row in enumerate([list(head), *texts]):
        cells = [
            " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
            for cell, width, right in zip(row, widths, numbers or [False] * len(widths), strict=True)
        ]
        typer.secho((" " * GAP).join(cells).rstrip(), bold=number == 0)


def show_findings(findings: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Prints each finding in full: mark in its colour, name, what was found; a cure follows on the next line."""
    rows = [tuple(map(one_line, finding)) for finding in findings]
    marks = max((cell_len(mark) for mark, *_ in rows), default=0)
    names = max((cell_len(name) for _, _, name, *_ in rows), default=0)
    for mark, colour, name, found, cure in rows:
        space = " " * (marks - cell_len(mark))
        typer.echo(f"{typer.style(mark, fg=colour)}{space}  {set_cell_size(name, names)}  {found}")
        if cure:
            typer.secho(f"{' ' * marks}  → {cure}", bold=True)


def one_line(value: Any) -> str:
    """Returns a value as text without line breaks and without terminal control codes."""
    text = "" if value is None else str(value)
    return plain(text).strip()


def rich_text(value: Any) -> str:
    """Returns a value for Rich on one line, without terminal control codes and without Rich's markup."""
    return escape(one_line(value))


def sheet_cell(value: Any) -> Any:
    """Returns a value for a CSV file. A text that a spreadsheet would run as a formula begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or value[:1] in ("\t", "\r", "\n") else text


def _narrowest(column: Column, natural: Mapping[Column, int]) -> int:
    return min(natural[column], max(column.least, cell_len(column.head))) if column.least else natural[column]


def _fitting(columns: Sequence[Column], natural: Mapping[Column, int], width: int) -> list[Column]:
    """Returns the most important columns that fit side by side, in their usual order; always the first."""
    chosen: list[Column] = []
    left = width
    for column in sorted(columns, key=lambda one: one.rank):
        needed = _narrowest(column, natural) + (GAP if chosen else 0)
        if chosen and needed > left:
            continue
        chosen.append(column)
        left -= needed
    return [column for column in columns if column in chosen]


def _shared_out(columns: Sequence[Column], natural: Mapping[Column, int], width: int) -> dict[Column, int]:
    """Returns each column's width: its smallest, then the space left over, given to important columns first."""
    widths = {column: _narrowest(column, natural) for column in columns}
    left = width - sum(widths.values()) - GAP * (len(columns) - 1)
    if left < 0 and columns:
        widths[columns[0]] = max(1, widths[columns[0]] + left)
    for column in sorted(columns, key=lambda one: one.rank):
        more = max(0, min(left, natural[column] - widths[column]))
        widths[column] += more
        left -= more
    return widths


def _line(texts: Mapping[Column, str], widths: Mapping[Column, int]) -> str:
    return (" " * GAP).join(_cell(texts[column], width) for column, width in widths.items()).rstrip()


def _cell(text: str, width: int) -> str:
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else "…"
    return set_cell_size(text, width)
