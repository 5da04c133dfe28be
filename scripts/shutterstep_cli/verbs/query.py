"""`shutterstep query`: shows the table's items by id, from the index of unfinished items, or page by page."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from shutterstep.item import Item
from shutterstep_cli.stack.finished import Reading, finished
from shutterstep_cli.stack.items import is_stuck, items_by_id, result_of, unfinished
from shutterstep_cli.stack.shots import Shot, download
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import Column, one_line, sheet_cell, show_table
from shutterstep_cli.terminal import Working, progress_console
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import folder_to_write
from shutterstep_cli.verbs.time_option import time_ago
from shutterstep_cli.wanted import fits
from shutterstep_cli.workflow.history import text_of

COLUMNS = (
    Column("id", 0, least=12), Column("status", 1), Column("error_code", 2, title="error"),
    Column("http_status", 3, title="HTTP"), Column("error_message", 5, least=24, title="message"),
    Column("url", 4, least=24), Column("attempts", 6), Column("finished_at", 7), Column("claimed_at", 8),
    Column("lease_expires_at", 9), Column("claim", 10, least=24), Column("items", 0),
)  # fmt: skip
MOST_IN_A_TABLE = 1000


def query(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Ids to show; all unfinished items if none is given.")
    ] = None,
    status: Annotated[
        Literal["processing", "failed", "success"] | None,
        typer.Option(help="Only items with this status; success reads the whole table."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only items finished (or else claimed) since: 30m, 24h, 7d.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Only addresses that match '*/blog/*' or contain this text.")] = None,
    error_code: Annotated[
        str | None, typer.Option(help="Only items that failed with this code: Render.Timeout, …")
    ] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only items whose lease has expired.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most items to show; 1000 in a table, else all, if not given.")
    ] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Count by status and error code.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--download", help="Folder to download the finished pictures to.")
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="Show every column in full.")] = False,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a header.")] = False,
) -> None:
    """Show items by id, unfinished items (processing or failed), or finished items.

    An index holds the unfinished items only. --status success therefore reads every item of the table, prints each
    finding at once, and shows on stderr how many it has read. Exit code 1 if an id has no item or a picture is missing.

    Examples: shutterstep query home-page --download out
              shutterstep query --status failed --error-code Render.Timeout --json
              shutterstep query --status success --since 24h --url example.com --csv
              shutterstep query --stuck
    """
    after = time_ago(since) if since else None
    if folder is not None:
        folder_to_write(folder, "--download")
    target = choose_target(stack)
    reading = Reading()
    found = _found(target, ids, status, after, reading)
    wanted = (item for item in found if is_wanted(item, status, error_code, stuck) and is_since(item, after, url))
    whole = as_json or as_csv or summary
    items = islice(wanted, limit or (None if whole else MOST_IN_A_TABLE))
    if as_json and not (summary or folder):
        shown = [
            item["id"] for item in _printed(items)
        ]  # printed as they come, because a table of a million items takes minutes
        kept: list[dict[str, Any]] = []
    else:
        kept = list(items)
        shown = [item["id"] for item in kept]
        show(counted(kept) if summary else kept, as_json=as_json, as_csv=as_csv, wide=wide)
    _say_reading(reading, cut=not (ids or whole) and len(shown) == (limit or MOST_IN_A_TABLE))
    missing = sorted(set(ids or ()) - {item["id"] for item in items_by_id(target, ids or [])})
    for id_ in missing:
        typer.secho(f"{id_}: no item", fg="red", err=True)
    complete = fetch(target, kept, folder) if folder else True
    if missing or not complete:
        raise typer.Exit(1)


def _found(
    target: Target, ids: list[str] | None, status: str | None, after: datetime | None, reading: Reading
) -> Iterable[dict[str, Any]]:
    if ids:
        return items_by_id(target, ids)
    if status != "success":
        return unfinished(target)
    return _with_progress(target, after, reading)


def _with_progress(target: Target, after: datetime | None, reading: Reading) -> Iterator[dict[str, Any]]:
    with Working("reading the table") as work:
        yield from finished(target, after, reading, lambda: work.update(str(reading)))


def _printed(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        show([item], as_json=True, as_csv=False, wide=False)
        yield item


def _say_reading(reading: Reading, *, cut: bool) -> None:
    if reading.items:
        progress_console().print(str(reading))
    if cut:
        progress_console().print("there may be more: raise --limit, or use --json or --csv, which show all")


def is_since(item: dict[str, Any], after: datetime | None, url: str | None) -> bool:
    """Whether an item finished after that time (or, if unfinished, was claimed after it), and its address matches."""
    when = str(item.get("finished_at") or item.get("claimed_at", ""))
    return (after is None or when >= text_of(after)) and (url is None or fits(str(item.get("url", "")), url))


def is_wanted(item: dict[str, Any], status: str | None, error_code: str | None, stuck: bool) -> bool:
    """Whether an item passes every given filter."""
    return (
        (status is None or item["status"] == status)
        and (error_code is None or item.get("error_code") == error_code)
        and (not stuck or is_stuck(item))
    )


def counted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns how many items have each status and error code, the largest count first."""
    counts = Counter((item["status"], item.get("error_code", "")) for item in items)
    return [{"status": status, "error_code": code, "items": n} for (status, code), n in counts.most_common()]


def show(rows: list[dict[str, Any]], *, as_json: bool, as_csv: bool, wide: bool) -> None:
    """Print rows as JSON lines, as CSV, or as a table."""
    if as_json:
        for row in rows:
            details = {"details": json.loads(row["details"])} if "details" in row else {}
            typer.echo(json.dumps(row | details))
    elif as_csv:
        names = ["status", "error_code", "items"] if any("items" in row for row in rows) else list(Item.__annotations__)
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: sheet_cell(value) for name, value in row.items()} for row in rows)
    elif rows:
        show_table(rows, COLUMNS, wide=wide)
    else:
        typer.echo("no item")


def fetch(target: Target, items: list[dict[str, Any]], folder: Path) -> bool:
    """Download the pictures of the finished items. Returns whether every one is there."""
    shots = [as_shot(item) for item in items if item["status"] == "success"]
    for shot in shots:
        download(target, shot, folder)
        typer.echo(one_line(shot.file or f"{shot.id}: {shot.error_message}"), err=True)
    return all(shot.file for shot in shots)


def as_shot(item: dict[str, Any]) -> Shot:
    """Returns the shot of a finished item; the content type gives the picture's format."""
    request = {"id": item["id"], "url": item["url"], "format": item["content_type"].rpartition("/")[2]}
    return Shot(request, item["id"], "success", result=result_of(item))
