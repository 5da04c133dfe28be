"""`shutterstep capture`: sends pages, shows their way through the workflow, and fetches the pictures."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from shutterstep.plain_text import plain
from shutterstep_cli.local.stack_status import refuse_if_nothing_renders, watched
from shutterstep_cli.stack.shots import Shot, download, follow, submit
from shutterstep_cli.terminal import Working, moving_display, progress_console
from shutterstep_cli.trouble import CANNOT_BEGIN, FAILED
from shutterstep_cli.verbs.capture_many import capture_many, say_many
from shutterstep_cli.verbs.capture_options import given_options, requests_for, with_flags
from shutterstep_cli.verbs.page_sources import pages_in, pages_of_sitemap
from shutterstep_cli.verbs.stack_option import choose_target
from shutterstep_cli.verbs.text_files import folder_to_write

# Up to this many pages are followed state by state; more are followed by reading the table.
FEW = 5
COLOURS = {"success": "green", "skipped": "cyan", "failed": "red", "refused": "red", "late": "yellow"}


def capture(
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL...]", help="Pages to picture.")] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="File of pages: a URL or JSON object a line, or CSV; - is stdin."),
    ] = None,
    sitemap: Annotated[
        str | None, typer.Option(metavar="URL", help="Sitemap or sitemap index; every page in it is pictured.")
    ] = None,
    match: Annotated[
        str | None, typer.Option(help="Only sitemap pages that match '*/blog/*' or contain this text.")
    ] = None,
    html: Annotated[list[Path] | None, typer.Option(help="HTML file to picture instead of a URL; repeatable.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("out"),
    options: Annotated[
        str | None, typer.Option(help="Any options of docs/REQUEST.md, as JSON or as a JSON file.")
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Id of the picture (one page only).")] = None,
    width: Annotated[int | None, typer.Option(help="Viewport width in CSS pixels; 1280 if not given.")] = None,
    height: Annotated[int | None, typer.Option(help="Viewport height in CSS pixels; 800 if not given.")] = None,
    scale: Annotated[float | None, typer.Option(help="Device pixels per CSS pixel; 1 if not given.")] = None,
    device: Annotated[str | None, typer.Option(help="Device of Playwright's registry, such as 'iPhone 15'.")] = None,
    full_page: Annotated[bool, typer.Option("--full-page", help="The whole page, not just the window.")] = False,
    max_height: Annotated[int | None, typer.Option(help="Cut a full page at this height, in CSS pixels.")] = None,
    selector: Annotated[str | None, typer.Option(help="CSS selector of the one element to picture.")] = None,
    format_: Annotated[
        Literal["png", "jpeg", "webp", "pdf"] | None, typer.Option("--format", help="File format; png if not given.")
    ] = None,
    quality: Annotated[int | None, typer.Option(help="Quality of a jpeg or webp, 1 to 100; 80 if not given.")] = None,
    transparent: Annotated[bool, typer.Option("--transparent", help="Make the page's background transparent.")] = False,
    dark: Annotated[bool, typer.Option("--dark", help="Render in the dark colour scheme.")] = False,
    wait_for: Annotated[str | None, typer.Option(help="CSS selector to wait for.")] = None,
    delay_ms: Annotated[int | None, typer.Option(help="Milliseconds to wait after all other waits.")] = None,
    hide: Annotated[list[str] | None, typer.Option(help="CSS selector of elements to hide; repeatable.")] = None,
    block: Annotated[
        list[str] | None, typer.Option(help="ads, trackers, cookieBanners, images, fonts, media; repeatable.")
    ] = None,
    timeout_ms: Annotated[
        int | None, typer.Option(help="Time limit of a render, in milliseconds; 30000 if not given.")
    ] = None,
    fail_on_status: Annotated[
        list[str] | None, typer.Option(help="HTTP status that makes a page fail: 404, 4xx, 5xx; repeatable.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Render pages again that are finished (reuse: never).")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for all pictures.")] = 900,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Send the pages and exit; fetch the pictures later with --resume.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the folder's manifest; skip pages whose file exists.")
    ] = False,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each URL, nothing else.")] = False,
) -> None:
    """Take pictures of pages and fetch the files. Exit code 0 only if every page has its picture.

    A page that answers 404 or 500 is pictured as well, and its status is printed; --fail-on-status makes it a failure.
    For many pages a manifest is written to the output folder; --resume continues from it.

    Example: shutterstep capture https://example.com https://example.org -o out
             shutterstep capture https://example.com --full-page --block ads --block cookieBanners
             shutterstep capture https://example.com --options '{"locale": "vi-VN", "headers": {"X-Key": "…"}}'
             shutterstep capture --html invoice.html --format pdf
    """
    viewport = {"width": width, "height": height, "deviceScaleFactor": scale}
    flags = {
        "id": id_, "viewport": {name: value for name, value in viewport.items() if value is not None} or None,
        "device": device, "fullPage": full_page, "maxHeight": max_height, "selector": selector, "format": format_,
        "quality": quality, "omitBackground": transparent, "colorScheme": "dark" if dark else None,
        "waitForSelector": wait_for, "delayMs": delay_ms, "hideSelectors": hide, "block": block,
        "timeoutMs": timeout_ms, "failOnStatus": _statuses(fail_on_status), "reuse": "never" if again else None,
    }  # fmt: skip
    if match and not sitemap:
        raise typer.BadParameter("works only with --sitemap URL", param_hint="--match")
    listed = [*(pages_in(from_) if from_ else ()), *(pages_of_sitemap(sitemap, match) if sitemap else ())]
    requests = requests_for(urls or [], html or [], with_flags(given_options(options), flags), listed)
    folder_to_write(output, "--output")
    target = choose_target(stack)
    if stack is None:
        refuse_if_nothing_renders()
    if listed or no_wait or resume or len(requests) > FEW:
        shots = capture_many(target, requests, output, wait, resume=resume, no_wait=no_wait)
        if as_json:
            report(shots, as_json=True)
        else:
            say_many(shots, output, no_wait=no_wait)
        lost = ("failed", "refused")
        _end(shots, [shot for shot in shots if (shot.file is None and not no_wait) or shot.status in lost])
        return
    shots = [submit(target, request) for request in requests]
    watch(target, shots, wait, quiet=as_json)
    for shot in shots:
        download(target, shot, output)
    report(shots, as_json)
    _end(shots, [shot for shot in shots if shot.file is None])


def _end(shots: list[Shot], lost: list[Shot]) -> None:
    """Raises typer.Exit with code 2 if every request was refused and nothing was sent, 1 if a page has no picture."""
    if shots and all(shot.status == "refused" for shot in shots):
        raise typer.Exit(CANNOT_BEGIN)
    if lost:
        raise typer.Exit(FAILED)


def _statuses(given: list[str] | None) -> list[Any] | None:
    """Returns the statuses as the schema has them: numbers, `4xx` and `5xx`."""
    return [int(one) if one.isdigit() else one.lower() for one in given] if given else None


def watch(target: Any, shots: list[Shot], wait: float, *, quiet: bool) -> None:
    """Follow the shots until they end: with a live view on a terminal, else with a line of progress now and then.

    Raises CommandError when the local stack stops rendering meanwhile.
    """
    check = watched(target)
    if quiet or not sys.stderr.isatty():
        with Working("sending") as work:
            follow(target, shots, lambda: (work.update(_how_far(shots)), check()), wait)
        return
    live = Live(view(shots), console=progress_console(), refresh_per_second=8, transient=True)
    with moving_display(), live:
        follow(target, shots, lambda: (live.update(view(shots)), check()), wait)


def _how_far(shots: list[Shot]) -> str:
    waiting = Counter(shot.states[-1] if shot.states else "the queue" for shot in shots if not shot.ended)
    places = ", ".join(f"{number} in {place}" for place, number in waiting.items())
    return f"{sum(shot.ended for shot in shots)} of {len(shots)} ended; {places}"


def view(shots: list[Shot]) -> Group:
    """Returns the live view: the shots, and the states that each has passed."""
    table = Table(box=None, pad_edge=False)
    table.add_column("status")
    table.add_column("page", overflow="ellipsis", no_wrap=True, max_width=48)
    table.add_column("states passed")
    for shot in shots:
        table.add_row(_coloured(shot.status), escape(plain(shot.url)), " → ".join(shot.states) or "in the queue")
    ended = sum(shot.ended for shot in shots)
    return Group(table, f"{ended} of {len(shots)} ended")


def _coloured(status: str) -> str:
    colour = COLOURS.get(status, "white")
    return f"[{colour}]{status}[/{colour}]"


def report(shots: list[Shot], as_json: bool) -> None:
    """Print how each shot ended: as JSON lines for scripts, else in one or two lines."""
    if as_json:
        for shot in shots:
            print(json.dumps(shot.line()))
        return
    console = Console(soft_wrap=True, highlight=False)
    for shot in shots:
        status = f"  [yellow]HTTP {shot.http_error}[/yellow]" if shot.http_error else ""
        console.print(f"{_coloured(shot.status):<8} {escape(plain(shot.url))}{status}{escape(_detail(shot))}")


def _detail(shot: Shot) -> str:
    reason = f" ({plain(shot.reason)})" if shot.reason else ""
    if shot.file:
        size = f"{shot.result['width']}x{shot.result['height']}, {shot.result['bytes']:,} bytes"
        return f"{reason}\n         {shot.file}  {size}"
    if shot.error_code:
        return f"{reason}\n         {shot.error_code}: {plain(shot.error_message or '')}"
    return reason
