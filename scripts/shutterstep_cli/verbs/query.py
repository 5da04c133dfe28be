"""`shutterstep query`: what the table knows, by id or from the sparse index of what is not finished; never a scan."""

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from shutterstep.item import Item
from shutterstep_cli.stack.items import is_stuck, items_by_id, result_of, unfinished
from shutterstep_cli.stack.shots import Shot, download
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verbs.stack_option import choose_target

COLUMNS = ("id", "status", "attempts", "claimed_at", "lease_expires_at", "error_code", "error_message", "url", "claim")


def query(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Without ids, the unfinished.")] = None,
    status: Annotated[Literal["processing", "failed"] | None, typer.Option(help="Only these.")] = None,
    error_code: Annotated[str | None, typer.Option(help="Only failed with this code: Render.Timeout, …")] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="Only those whose lease has expired.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Count by status and error code.")] = False,
    folder: Annotated[Path | None, typer.Option("--download", help="Folder for the finished pictures.")] = None,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a header.")] = False,
) -> None:
    """Show items by id, or what is processing or failed. Exit code 1 if an id has no item or a picture is missing.

    Examples: shutterstep query home-page --download out
              shutterstep query --status failed --error-code Render.Timeout --json
              shutterstep query --stuck
    """
    target = choose_target(stack)
    found = items_by_id(target, ids) if ids else list(unfinished(target))
    items = [item for item in found if is_wanted(item, status, error_code, stuck)]
    show(counted(items) if summary else items, as_json=as_json, as_csv=as_csv)
    missing = sorted(set(ids or ()) - {item["id"] for item in found})
    for id_ in missing:
        typer.secho(f"{id_}: no item", fg="red", err=True)
    complete = fetch(target, items, folder) if folder else True
    if missing or not complete:
        raise typer.Exit(1)


def is_wanted(item: dict[str, Any], status: str | None, error_code: str | None, stuck: bool) -> bool:
    """Whether an item passes every filter that is given."""
    return (
        (status is None or item["status"] == status)
        and (error_code is None or item.get("error_code") == error_code)
        and (not stuck or is_stuck(item))
    )


def counted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many items have each status and error code, the most first."""
    counts = Counter((item["status"], item.get("error_code", "")) for item in items)
    return [{"status": status, "error_code": code, "items": n} for (status, code), n in counts.most_common()]


def show(rows: list[dict[str, Any]], *, as_json: bool, as_csv: bool) -> None:
    """Print rows as JSON lines, as CSV, or as a table."""
    columns = [name for name in (*COLUMNS, "items") if any(name in row for row in rows)]
    if as_json:
        for row in rows:
            details = {"details": json.loads(row["details"])} if "details" in row else {}
            typer.echo(json.dumps(row | details))
    elif as_csv:
        names = ["status", "error_code", "items"] if "items" in columns else list(Item.__annotations__)
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _show_table(rows, columns)


def _show_table(rows: list[dict[str, Any]], columns: list[str]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in columns))
    console = Console(highlight=False, markup=False)
    console.print(table if rows else "nothing")


def fetch(target: Target, items: list[dict[str, Any]], folder: Path) -> bool:
    """Download the pictures of the finished items; says whether every one is there."""
    shots = [as_shot(item) for item in items if item["status"] == "success"]
    for shot in shots:
        download(target, shot, folder)
        typer.echo(shot.file or f"{shot.id}: {shot.error_message}", err=True)
    return all(shot.file for shot in shots)


def as_shot(item: dict[str, Any]) -> Shot:
    """A finished item as the shot it was; the picture's format stands in its content type."""
    request = {"id": item["id"], "url": item["url"], "format": item["content_type"].rpartition("/")[2]}
    return Shot(request, item["id"], "success", result=result_of(item))
