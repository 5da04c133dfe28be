"""The picture with its metadata, and the renderer's `details` about the render."""

import json
from typing import Any

from nicegui import ui

from shutterstep_cli.console.widgets import Link, Text, box, document, facts, picture_path, size
from shutterstep_cli.stack.executions import Execution
from shutterstep_cli.workflow.svg import duration

FLAGS = {
    "truncated": "the page is longer than the picture",
    "deadlineReached": "taken at the deadline, before everything had loaded",
    "blank": "all pixels have the same colour",
}
UNITS = {"phases": "phases, ms", "requests": "requests by type", "bytes": "bytes by type"}


def picture_card(execution: Execution) -> None:
    """Shows picture and metadata side by side; a click on the picture opens it in full."""
    result = execution.output
    with box("section", "card shot halves", aria_label="picture"):
        with box("div", "frame"):
            _picture(execution)
        with box("div"):
            Text("h2", "Picture")
            _facts(result)
            _details(result.get("details"))


def _picture(execution: Execution) -> None:
    link = Link("", picture_path(execution.name))
    link.props["target"] = "_blank"
    with link:
        if execution.output.get("content_type") == "application/pdf":
            Text("span", "PDF: open it", "pdf")
            return
        image = ui.element("img")
        image.props["src"] = picture_path(execution.name, 1200)
        image.props["alt"] = f"picture of {execution.url}; opens the whole picture"


def _facts(result: dict[str, Any]) -> None:
    facts([
        ("title", result.get("title")),
        ("final URL", result.get("final_url")),
        ("HTTP status", result.get("http_status")),
        ("size", f"{result.get('width')} \N{MULTIPLICATION SIGN} {result.get('height')} px"),
        ("file", f"{result.get('content_type')}, {size(int(result.get('bytes') or 0))}"),
        ("render", duration(int(result.get("render_ms") or 0) / 1000)),
        ("SHA-256", result.get("sha256")),
        ("place", f"s3://{result.get('s3_bucket')}/{result.get('s3_key')}"),
    ])  # fmt: skip


def _details(found: Any) -> None:
    """Shows all details of the renderer: numbers as bars, lists folded, the rest by name."""
    details: dict[str, Any] = found if isinstance(found, dict) else {}
    for name, meaning in FLAGS.items():
        if details.get(name):
            Text("p", f"{name}: {meaning}", "flag")
    plain: list[tuple[str, Any]] = []
    for name, value in details.items():
        if isinstance(value, dict) and value and all(isinstance(one, int | float) for one in value.values()):
            _bars(name, value)
        elif isinstance(value, dict | list):
            document(_title(name, value), json.dumps(value) if value else "")
        elif name not in FLAGS:
            plain.append((name, value))
    facts(plain)


def _title(name: str, value: dict[str, Any] | list[Any]) -> str:
    return f"{name} ({len(value)})"


def _bars(name: str, numbers: dict[str, float]) -> None:
    longest = max(numbers.values()) or 1
    Text("h3", UNITS.get(name, name))
    with box("dl", "bars"):
        for label, number in numbers.items():
            Text("dt", label)
            with box("dd"):
                box("span", "bar").style(f"width: {max(number / longest * 60, 0.5):.1f}%")
                Text("span", f"{number:,}")
