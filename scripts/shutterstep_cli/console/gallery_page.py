"""The gallery: the newest pictures, each under its page's title."""

from nicegui import ui

from shutterstep_cli.console.context import ConsoleContext, ask
from shutterstep_cli.console.page_layout import PageLayout, page
from shutterstep_cli.console.widgets import Button, Link, Text, box, clock, execution_path, picture_path
from shutterstep_cli.stack.executions import Execution

REFRESH_SECONDS = 5.0
CARDS = 24
# Many executions may be duplicates that skipped, so this many pages of them are read for one page of the gallery.
PAGES_READ = 6


def register(context: ConsoleContext) -> None:
    """Registers the page /gallery."""

    @ui.page("/gallery")
    def gallery() -> None:
        with page(context, "/gallery", "Gallery") as layout:
            _Gallery(context, layout)


class _Gallery:
    def __init__(self, context: ConsoleContext, layout: PageLayout) -> None:
        self.context, self.layout = context, layout
        self.shown: list[Execution] | None = None
        self.tokens: list[str | None] = [None]
        self.next_token: str | None = None
        with box("div", "bar"), box("div", "pager"):
            self.newer = Button("← Newer", lambda: self.turn(-1))
            self.older = Button("Older →", lambda: self.turn(1))
        self.cards = box("div", "cards")
        self.nothing = Text("p", "reading …", "nothing")
        layout.every(REFRESH_SECONDS, self.refresh)

    async def turn(self, step: int) -> None:
        if step < 0 and len(self.tokens) > 1:
            self.tokens.pop()
        elif step > 0 and self.next_token:
            self.tokens.append(self.next_token)
        await self.layout.watched(self.refresh)

    async def refresh(self) -> None:
        token = self.tokens[-1]
        found, self.next_token = await ask(pictures, self.context, token)
        self.newer.allow(len(self.tokens) > 1)
        self.older.allow(self.next_token is not None)
        self.nothing.say("" if found else "No pictures here yet.")
        if found != self.shown:
            self.shown = found
            with self.cards.clear():
                for execution in found:
                    _card(execution)


def pictures(context: ConsoleContext, token: str | None) -> tuple[list[Execution], str | None]:
    """Returns at least CARDS pictures if there are so many, and the token of the next page."""
    found: list[Execution] = []
    for _ in range(PAGES_READ):
        listed = context.executions.page("SUCCEEDED", token)
        found += [row.execution for row in listed.rows if row.execution.has_picture]
        token = listed.next_token
        if token is None or len(found) >= CARDS:
            break
    return found, token


def _card(execution: Execution) -> None:
    result = execution.output
    with box("figure", "shot-card"):
        with Link("", execution_path(execution.name)):
            if result.get("content_type") == "application/pdf":
                Text("span", "PDF", "pdf")
            else:
                image = ui.element("img")
                image.props["src"], image.props["loading"] = picture_path(execution.name, 480), "lazy"
                image.props["alt"] = f"picture of {execution.url}"
        with box("figcaption"):
            Link(str(result.get("title") or execution.url), execution_path(execution.name), "caption")
            Text("span", execution.id, "id mono")
            words = (
                f"{result.get('width')} \N{MULTIPLICATION SIGN} {result.get('height')} · {clock(execution.stopped_at)}"
            )
            Text("span", words, "hint")
