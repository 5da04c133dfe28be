"""The gallery: the newest pictures, each under its page's title."""

from nicegui import ui

from scripts.console.desk import Desk, ask
from scripts.console.frame import Frame, page
from scripts.console.parts import Button, Link, Text, box, clock, execution_path, picture_path
from scripts.executions import Execution

REFRESH_SECONDS = 5.0
CARDS = 24
# Among many duplicates that skipped there may be few pictures: so many pages are read for one of the gallery.
PAGES_READ = 6


def register(desk: Desk) -> None:
    """The page /gallery."""

    @ui.page("/gallery")
    def gallery() -> None:
        with page(desk, "/gallery", "Gallery") as frame:
            _Gallery(desk, frame)


class _Gallery:
    def __init__(self, desk: Desk, frame: Frame) -> None:
        self.desk, self.frame = desk, frame
        self.shown: list[Execution] | None = None
        self.tokens: list[str | None] = [None]
        self.next_token: str | None = None
        with box("div", "bar"), box("div", "pager"):
            self.newer = Button("← Newer", lambda: self.turn(-1))
            self.older = Button("Older →", lambda: self.turn(1))
        self.cards = box("div", "cards")
        self.nothing = Text("p", "reading …", "nothing")
        frame.every(REFRESH_SECONDS, self.refresh)

    async def turn(self, step: int) -> None:
        if step < 0 and len(self.tokens) > 1:
            self.tokens.pop()
        elif step > 0 and self.next_token:
            self.tokens.append(self.next_token)
        await self.frame.watched(self.refresh)

    async def refresh(self) -> None:
        token = self.tokens[-1]
        found, self.next_token = await ask(pictures, self.desk, token)
        self.newer.allow(len(self.tokens) > 1)
        self.older.allow(self.next_token is not None)
        self.nothing.say("" if found else "No pictures here yet.")
        if found != self.shown:
            self.shown = found
            with self.cards.clear():
                for execution in found:
                    _card(execution)


def pictures(desk: Desk, token: str | None) -> tuple[list[Execution], str | None]:
    """At least CARDS pictures if some pages of executions have them, and the token of the next page."""
    found: list[Execution] = []
    for _ in range(PAGES_READ):
        listed = desk.board.page("SUCCEEDED", token)
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
            words = (
                f"{result.get('width')} \N{MULTIPLICATION SIGN} {result.get('height')} · {clock(execution.stopped_at)}"
            )
            Text("span", words, "hint")
