"""`shutterstep demo`: twelve requests for the pages of the bundled site, six of them duplicates."""

import json
import uuid
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.example_site import PAGES, SITE, serve
from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.shots import Shot, download, submit
from shutterstep_cli.tables import show_grid
from shutterstep_cli.terminal import progress_console
from shutterstep_cli.verbs.capture import watch
from shutterstep_cli.verbs.text_files import folder_to_write

CELL = (480, 300)
CAPTION = 26
GAP = 16


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("out/demo"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the local stack running afterwards.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Run the whole workflow on this machine: 12 requests, 6 of them duplicates, 6 pictures and a contact sheet.

    Example: shutterstep demo -o out/demo
    """
    progress = Console(quiet=True) if as_json else progress_console()
    folder_to_write(output, "--output")
    was_up = local_stack.find() is not None
    progress.print("starting the local stack …")
    local_stack.up()
    try:
        with serve(SITE) as origin:
            shots = run(origin, output, progress)
    finally:
        if not (keep or was_up):
            local_stack.down()
    sheet = contact_sheet([shot for shot in shots if shot.status == "success"], output / "contact-sheet.png")
    show(shots, sheet, as_json)
    if not is_as_promised(shots):
        raise typer.Exit(1)


def show(shots: list[Shot], sheet: Path, as_json: bool) -> None:
    """Print what became of the requests, and where the pictures are."""
    if as_json:
        typer.echo(json.dumps({"sent": len(shots), "outcomes": outcomes(shots), "contact_sheet": str(sheet)}))
        return
    show_grid(("outcome", "requests"), [*sorted(outcomes(shots).items()), ("sent", len(shots))])
    typer.echo(f"contact sheet: {sheet}")


def run(origin: str, folder: Path, progress: Console) -> list[Shot]:
    """Send every page twice under one id, wait for all, and fetch the pictures."""
    target = local_target()
    batch = uuid.uuid4().hex[:8]  # new ids each run, so that the demo always has something to render
    requests = [{"id": f"demo-{page}-{batch}", "url": f"{origin}/{page}.html"} for page in PAGES]
    progress.print(f"sending {2 * len(requests)} requests, {len(requests)} of them duplicates …")
    shots = [submit(target, request) for request in requests + requests]
    watch(target, shots, 300, quiet=progress.quiet)
    for shot in shots:
        if shot.status == "success":
            download(target, shot, folder)
    return shots


def outcomes(shots: list[Shot]) -> Counter[str]:
    """Returns how many requests were rendered, skipped (by reason) and failed (by code)."""
    return Counter(_outcome(shot) for shot in shots)


def _outcome(shot: Shot) -> str:
    if shot.status == "success":
        return "rendered"
    return f"{shot.status}: {shot.reason or shot.error_code}"


def is_as_promised(shots: list[Shot]) -> bool:
    """Says whether every page was rendered once and skipped once."""
    statuses = Counter(shot.status for shot in shots)
    return statuses == {"success": len(PAGES), "skipped": len(PAGES)}


def contact_sheet(shots: list[Shot], path: Path) -> Path:
    """Draws all pictures on one sheet, three a row, each with its page's name; returns the file's path."""
    rows = -(-len(shots) // 3) or 1
    step = (CELL[0] + GAP, CELL[1] + CAPTION + GAP)
    sheet = Image.new("RGB", (3 * step[0] + GAP, rows * step[1] + GAP), "#e8e8ec")
    for place, shot in enumerate(shots):
        corner = (GAP + place % 3 * step[0], GAP + place // 3 * step[1])
        _paste(sheet, shot, corner)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
    return path


def _paste(sheet: Image.Image, shot: Shot, corner: tuple[int, int]) -> None:
    if shot.file is None:
        return
    with Image.open(shot.file) as picture:
        sheet.paste(picture.convert("RGB").resize(CELL), corner)
    caption = f"{shot.url.rpartition('/')[2]}   {shot.result['width']}x{shot.result['height']}"
    place = (corner[0] + 4, corner[1] + CELL[1] + 5)
    ImageDraw.Draw(sheet).text(place, caption, fill="#222", font=ImageFont.load_default(15))
