"""The small parts of the console's pages. Text from outside is only ever set as text, never as HTML."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

# The colour class for each status of an execution or a state.
COLOURS = {"success": "passed", "timed_out": "failed", "aborted": "stopped", "processing": "running"}
WORDS = {"timed_out": "timed out", "success": "success", "not reached": "not reached"}
LONGEST_TEXT = 20_000


class Text(TextElement):
    """An element of any tag that contains a text."""

    def __init__(self, tag: str, text: str = "", classes: str = "") -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)

    def say(self, text: str, classes: str | None = None) -> None:
        """Sets another text, and other classes if given; only changes are sent to the browser."""
        if self.text != text:
            self.text = text
        if classes is not None and " ".join(self.classes) != classes:
            self.classes(replace=classes)


def prose(tag: str, text: str, classes: str = "") -> ui.element:
    """Makes a text in which `names` between backticks are shown as code."""
    with box(tag, classes) as element:
        for place, part in enumerate(text.split("`")):
            if part:
                Text("code" if place % 2 else "span", part)
    return element


class Link(Text):
    """A link to a page of the console, or to a web page in a new tab."""

    def __init__(self, text: str = "", href: str = "", classes: str = "") -> None:
        super().__init__("a", text, classes)
        self.lead(href)

    def lead(self, href: str) -> None:
        """Sets another target.

        Only http and https addresses may lead outside, whatever a message contains as its URL.
        """
        safe = href if href.startswith(("/", "https://", "http://")) and not href.startswith("//") else None
        if self.props.get("href") != safe:
            self.props.set_optional("href", safe)
        if safe and not safe.startswith("/"):
            self.props["target"], self.props["rel"] = "_blank", "noopener noreferrer"


def box(tag: str = "div", classes: str = "", **attributes: str) -> ui.element:
    """Makes an element that contains others."""
    element = ui.element(tag).classes(classes)
    for name, value in attributes.items():
        element.props[name.replace("_", "-")] = value
    return element


class Button(Text):
    """A button; screen readers read `name` where the text is not enough."""

    def __init__(self, text: str, on_click: Callable[..., Any], classes: str = "button", name: str = "") -> None:
        super().__init__("button", text, classes)
        self.props["type"] = "button"
        self.props.set_optional("aria-label", name or None)
        self.on("click", on_click, args=[])

    def allow(self, allowed: bool) -> None:
        """Enables or disables the button."""
        self.props.set_bool("disabled", not allowed)

    def press(self, pressed: bool) -> None:
        """Marks the button as the current choice."""
        self.props["aria-pressed"] = "true" if pressed else "false"


class Pill(Text):
    """Shows a status as a word on its colour."""

    def __init__(self, outcome: str = "") -> None:
        super().__init__("span")
        self.show(outcome)

    def show(self, outcome: str) -> None:
        """Shows another status."""
        self.say(WORDS.get(outcome, outcome), f"pill {COLOURS.get(outcome, outcome).replace(' ', '-')}")


def facts(pairs: list[tuple[str, Any]], classes: str = "facts") -> None:
    """Shows names and values; leaves out those without a value."""
    with box("dl", classes):
        for name, value in pairs:
            if value not in (None, "", [], {}):
                Text("dt", name)
                Text("dd", value if isinstance(value, str) else json.dumps(value))


def document(title: str, text: str, *, opened: bool = False) -> None:
    """Shows a text that can be folded away, indented if it is JSON; shows nothing for an empty text."""
    if not text:
        return
    with box("details", "document") as details:
        if opened:
            details.props["open"] = True
        Text("summary", title)
        Text("pre", pretty(text)).props["tabindex"] = "0"


def pretty(text: str) -> str:
    """Returns JSON indented, and any text cut at a length that nobody reads here."""
    try:
        laid_out = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        laid_out = text
    rest = len(laid_out) - LONGEST_TEXT
    return laid_out if rest <= 0 else f"{laid_out[:LONGEST_TEXT]}\n… {rest:,} more characters"


def execution_path(name: str) -> str:
    """Returns the console's path of an execution."""
    return f"/executions/{quote(name, safe='')}"


def picture_path(name: str, width: int | None = None) -> str:
    """Returns the console's path of a picture; with a width, of its thumbnail."""
    return f"/pictures/{quote(name, safe='')}{f'?width={width}' if width else ''}"


def clock(time: datetime | None) -> str:
    """Returns the time in UTC, as logs and AWS show it; with the date unless it is today."""
    if time is None:
        return ""
    there, now = time.astimezone(UTC), datetime.now(UTC)
    return there.strftime("%H:%M:%S" if there.date() == now.date() else "%Y-%m-%d %H:%M:%S")


def size(count: int) -> str:
    """Returns a number of bytes for people: 12 KB, 3.4 MB."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
