"""`shutterstep capture`: send pages, watch them pass through the workflow, fetch the pictures."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from scripts.shots import Shot, download, follow, submit
from scripts.target import choose_target
from scripts.terminal import progress_console

COLOURS = {"success": "green", "skipped": "cyan", "failed": "red", "refused": "red", "late": "yellow"}


def capture(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Pages to picture.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("out"),
    id_: Annotated[str | None, typer.Option("--id", help="Id of the picture (one URL only).")] = None,
    width: Annotated[int | None, typer.Option(help="Viewport width in CSS pixels; 1280 if not given.")] = None,
    height: Annotated[int | None, typer.Option(help="Viewport height in CSS pixels; 800 if not given.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per CSS pixel; 1 if not given.")] = None,
    full_page: Annotated[bool, typer.Option("--full-page", help="The whole page, not just the window.")] = False,
    format_: Annotated[Literal["png", "jpeg"], typer.Option("--format", help="Of the pictures.")] = "png",
    timeout_ms: Annotated[int | None, typer.Option(help="Deadline of a render; 30000 if not given.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Render again what is finished (reuse: never).")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for all of them.")] = 900,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each URL, nothing else.")] = False,
) -> None:
    """Picture pages and fetch the files. Exit code 0 only if every URL has its picture.

    Example: shutterstep capture https://example.com https://example.org -o out
    """
    if id_ is not None and len(urls) > 1:
        raise typer.BadParameter("an id names one picture: give one URL", param_hint="--id")
    viewport = _given(width=width, height=height, deviceScaleFactor=scale)
    options = _given(id=id_, viewport=viewport or None, timeoutMs=timeout_ms, format=format_)
    options |= {"fullPage": True} if full_page else {}
    options |= {"reuse": "never"} if again else {}
    target = choose_target(stack)
    shots = [submit(target, {"url": url, **options}) for url in urls]
    watch(target, shots, wait, quiet=as_json)
    for shot in shots:
        download(target, shot, output)
    report(shots, as_json)
    if any(shot.file is None for shot in shots):
        raise typer.Exit(1)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def watch(target: Any, shots: list[Shot], wait: float, *, quiet: bool) -> None:
    """Follow the shots with a live view on a terminal, or silently."""
    if quiet or not sys.stderr.isatty():
        follow(target, shots, lambda: None, wait)
        return
    with Live(view(shots), console=progress_console(), refresh_per_second=8, transient=True) as live:
        follow(target, shots, lambda: live.update(view(shots)), wait)


def view(shots: list[Shot]) -> Group:
    """The shots and the states each has passed."""
    table = Table(box=None, pad_edge=False)
    table.add_column("status")
    table.add_column("page", overflow="ellipsis", no_wrap=True, max_width=48)
    table.add_column("states passed")
    for shot in shots:
        table.add_row(_coloured(shot.status), escape(shot.url), " → ".join(shot.states) or "in the queue")
    ended = sum(shot.ended for shot in shots)
    return Group(table, f"{ended} of {len(shots)} ended")


def _coloured(status: str) -> str:
    colour = COLOURS.get(status, "white")
    return f"[{colour}]{status}[/{colour}]"


def report(shots: list[Shot], as_json: bool) -> None:
    """Print each shot's end: JSON lines for scripts, else a line or two for people."""
    if as_json:
        for shot in shots:
            print(json.dumps(shot.line()))
        return
    console = Console(soft_wrap=True, highlight=False)
    for shot in shots:
        console.print(f"{_coloured(shot.status):<8} {escape(shot.url)}{escape(_detail(shot))}")


def _detail(shot: Shot) -> str:
    reason = f" ({shot.reason})" if shot.reason else ""
    if shot.file:
        size = f"{shot.result['width']}x{shot.result['height']}, {shot.result['bytes']:,} bytes"
        return f"{reason}\n         {shot.file}  {size}"
    if shot.error_code:
        return f"{reason}\n         {shot.error_code}: {shot.error_message}"
    return reason
