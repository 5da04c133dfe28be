"""The layout of every page: name of the stack, navigation, gauges, and errors of AWS calls."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any

from nicegui import ui

from shutterstep_cli.console.context import TROUBLE, ConsoleContext, ask
from shutterstep_cli.console.gauges import Gauge
from shutterstep_cli.console.widgets import Button, Link, Text, box, execution_path
from shutterstep_cli.stack.executions import ExecutionNotFoundError, find_execution
from shutterstep_cli.tables import one_line

GAUGES_EVERY_SECONDS = 3.0
LATE_SECONDS = 3.0


class PageLayout:
    """The page's frame; `trouble` is the last error of AWS, until AWS answers again."""

    def __init__(self, context: ConsoleContext, here: str) -> None:
        self.context = context
        self.troubles: dict[str, str] = {}
        self.asked: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.opened = monotonic()
        ui.dark_mode(None)
        with box("header", "top"):
            with box("div", "brand"):
                Link("Shutterstep", "/", "name")
                where = "local stack" if context.target.endpoint_url else f"AWS · {context.target.session.region_name}"
                Text("span", f"{context.target.stack_name} · {where}", "where")
            with box("nav", "ways", aria_label="pages"):
                for name, path in _ways(context):
                    way = Link(name, path)
                    if path == here:
                        way.props["aria-current"] = "page"
            self._find_box()
            _theme_button()
        with box("section", "gauges", aria_label="gauges"):
            self.gauges = [_GaugeView() for _ in range(7)]
        self.trouble = Text("p", "", "trouble hidden")
        self.trouble.props["role"] = "alert"
        self.every(GAUGES_EVERY_SECONDS, self._refresh_gauges)
        ui.timer(1, self._show_troubles)

    def _find_box(self) -> None:
        with box("search", "find"):
            self.find = box("input", "", type="search", placeholder="Find an id, an execution or an ARN", id="find")
            self.find.props["aria-label"] = "find an id, an execution's name or an ARN; press Enter"
            js = "(event) => { if (event.key === 'Enter') emit(event.target.value) }"
            self.find.on("keydown", self._find, js_handler=js)

    async def _find(self, event: Any) -> None:
        wanted = str(event.args).strip()
        if not wanted:
            return
        try:
            found = await ask(find_execution, self.context.target, wanted)
        except ExecutionNotFoundError:
            ui.notify(f"No item has the id {wanted}, and no execution the name", type="warning")
        except TROUBLE as error:
            say_refused(error)
        else:
            ui.navigate.to(execution_path(found.name))

    def every(self, seconds: float, refresh: Callable[[], Awaitable[None]]) -> ui.timer:
        """Calls refresh regularly; an error of AWS is shown and does not stop it."""
        return ui.timer(seconds, partial(self.watched, refresh))

    async def watched(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Refreshes once, and shows whether AWS answered."""
        name = refresh.__qualname__
        self.asked[name] = monotonic()
        try:
            await refresh()
        except TROUBLE as error:
            self.troubles[name] = one_line(error)
        else:
            self.troubles.pop(name, None)
            self.answered[name] = monotonic()
        del self.asked[name]
        self._show_troubles()

    def _show_troubles(self) -> None:
        """Says that the page is outdated when an answer is late, long before the retries are used up."""
        now = monotonic()
        late = {name for name, since in self.asked.items() if now - since > LATE_SECONDS} | self.troubles.keys()
        text = ""
        if late:
            age = max(now - self.answered.get(name, self.opened) for name in late)
            said = " ".join(dict.fromkeys(self.troubles.values()))
            text = f"AWS does not answer: last answer {age:.0f} s ago, so this page is old. {said}".strip()
        self.trouble.say(text, "trouble" if text else "trouble hidden")

    async def _refresh_gauges(self) -> None:
        gauges = await ask(self.context.gauges.read)
        for place, view in enumerate(self.gauges):
            view.show(gauges[place] if place < len(gauges) else None)


def say_refused(error: Exception) -> None:
    """Shows that an action of the visitor did not happen, and why."""
    ui.notify(f"AWS refused: {error}", type="negative", timeout=15_000, close_button=True)


def _ways(context: ConsoleContext) -> list[tuple[str, str]]:
    ways = [("Executions", "/"), ("Failed", "/failed"), ("Gallery", "/gallery")]
    return [*ways, ("Send", "/send")] if context.may_send else ways


def _theme_button() -> None:
    button = Button("Theme", lambda: None, "button quiet", "switch between light and dark")
    button.on("click", js_handler="() => window.switchTheme()")


class _GaugeView:
    def __init__(self) -> None:
        with box("div", "gauge") as self.whole:
            self.name = Text("span", "", "name")
            self.value = Text("span", "…", "value")
            self.note = Text("span", "", "note")

    def show(self, gauge: Gauge | None) -> None:
        self.whole.set_visibility(gauge is not None)
        if gauge is not None:
            self.name.say(gauge.name)
            self.value.say(gauge.value)
            self.note.say(gauge.note)
            self.whole.classes(replace=f"gauge {gauge.level}")
            if self.whole.props.get("title") != gauge.hint:
                self.whole.props["title"] = gauge.hint


@contextmanager
def page(context: ConsoleContext, here: str, title: str) -> Iterator[PageLayout]:
    """Lays out a page; pages that are not in the navigation write their own heading."""
    ui.page_title(f"{title} · {context.target.stack_name}")
    layout = PageLayout(context, here)
    with box("main", "page", id="main"):
        if here:
            Text("h1", title, "title")
        yield layout
