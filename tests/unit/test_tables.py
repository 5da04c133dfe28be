"""Tables fit the terminal, with one line for each row, and are complete when piped."""

import click
import pytest

from shutterstep_cli.tables import Column, show_table
from shutterstep_cli.wanted import fits

COLUMNS = (Column("id", 0, least=8), Column("error_code", 1), Column("url", 2, least=10), Column("claim", 3, least=10))
ROWS = [
    {"id": "home", "error_code": "Render.Timeout", "url": "https://example.com/" + "x" * 90, "claim": "c" * 60},
    {"id": "shop\x1b[31m\nred", "error_code": "", "url": "https://example.org/", "claim": "d" * 60},
]


def printed(capsys: pytest.CaptureFixture[str], *, wide: bool = False) -> list[str]:
    show_table(ROWS, COLUMNS, wide=wide)
    return click.unstyle(capsys.readouterr().out).splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_table_has_a_line_for_each_row_and_none_is_wider_than_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    lines = printed(capsys)
    assert len(lines) == 3
    assert max(map(len, lines)) <= width
    assert "home" in lines[1]
    assert "shop" in lines[2]


def test_a_column_that_does_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    show_table(ROWS, COLUMNS)
    assert "--wide shows also: claim" in capsys.readouterr().err


@pytest.mark.parametrize("terminal", [False, True])
def test_a_table_is_never_cut_when_piped_or_asked_for_whole(
    *, terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    monkeypatch.setenv("COLUMNS", "40")
    lines = printed(capsys, wide=terminal)
    assert len(lines) == 3
    assert ROWS[0]["url"] in lines[1]
    assert ROWS[0]["claim"] in lines[1]


def test_what_a_terminal_would_obey_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(ROWS, COLUMNS)
    assert "\x1b[31m" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("shop", True), ("SHOP", True), ("*/shop?id=*", True), ("https://*", True), ("*/blog/*", False), ("?id", True)],
)
def test_an_address_is_wanted_by_a_part_or_by_a_pattern(pattern: str, *, expected: bool) -> None:
    assert fits("https://example.com/shop?id=[1]", pattern) is expected
