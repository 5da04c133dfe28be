"""The list of executions: fifty rows that stay on the page and show other executions on request."""

from nicegui import ui

from shutterstep_cli.console.context import ConsoleContext, ask
from shutterstep_cli.console.executions_cache import PAGE, Row
from shutterstep_cli.console.page_layout import PageLayout, page
from shutterstep_cli.console.widgets import Button, Link, Pill, Text, box, clock, execution_path
from shutterstep_cli.workflow.history import text_of
from shutterstep_cli.workflow.svg import duration

REFRESH_SECONDS = 2.0
FILTERS = (
    ("All", ""),
    ("Running", "RUNNING"),
    ("Succeeded", "SUCCEEDED"),
    ("Failed", "FAILED"),
    ("Timed out", "TIMED_OUT"),
    ("Aborted", "ABORTED"),
)
COLUMNS = ("Status", "Id", "Page", "Reason", "Attempts", "Started (UTC)", "Took")


def register(context: ConsoleContext) -> None:
    """Registers the page /, or /?status=FAILED."""

    @ui.page("/")
    def executions(status: str = "") -> None:
        with page(context, "/", "Executions") as layout:
            _List(context, layout, status if status in dict(FILTERS).values() else "")


class _List:
    def __init__(self, context: ConsoleContext, layout: PageLayout, status: str) -> None:
        self.context, self.layout, self.status = context, layout, status
        self.tokens: list[str | None] = [None]  # the tokens back to the newest page
        self.next_token: str | None = None
        self._head()
        with box("div", "scroll"), box("table", "rows"):
            with box("thead"), box("tr"):
                for name in COLUMNS:
                    Text("th", name).props["scope"] = "col"
            with box("tbody"):
                self.rows = [_RowView() for _ in range(PAGE)]
        self.nothing = Text("p", "reading …", "nothing")
        self.timer = layout.every(REFRESH_SECONDS, self.refresh)

    def _head(self) -> None:
        with box("div", "bar"):
            with box("div", "choices", role="group", aria_label="which executions"):
                self.filters = {
                    value: Button(name, lambda v=value: self.choose(v), "choice") for name, value in FILTERS
                }
            self.live = Button("Pause updates", self.pause, "button quiet")
            with box("div", "pager"):
                self.newer = Button("← Newer", lambda: self.turn(-1))
                self.where = Text("span", "", "where")
                self.where.props["aria-live"] = "polite"
                self.older = Button("Older →", lambda: self.turn(1))
        self._show_choice()

    def _show_choice(self) -> None:
        for value, button in self.filters.items():
            button.press(value == self.status)

    async def choose(self, status: str) -> None:
        self.status, self.tokens[:] = status, [None]
        self._show_choice()
        await self.read()

    async def turn(self, step: int) -> None:
        if step < 0 and len(self.tokens) > 1:
            self.tokens.pop()
        elif step > 0 and self.next_token:
            self.tokens.append(self.next_token)
        await self.read()

    def pause(self) -> None:
        self.timer.active = not self.timer.active
        self.live.say("Pause updates" if self.timer.active else "Resume updates")

    async def read(self) -> None:
        await self.layout.watched(self.refresh)

    async def refresh(self) -> None:
        asked = (self.status, self.tokens[-1])
        found = await ask(self.context.executions.page, *asked)
        if asked != (self.status, self.tokens[-1]):
            return  # the visitor turned the page meanwhile
        self.next_token = found.next_token
        for place, view in enumerate(self.rows):
            view.show(found.rows[place] if place < len(found.rows) else None)
        self._show_place(len(found.rows))

    def _show_place(self, count: int) -> None:
        first = PAGE * (len(self.tokens) - 1)
        self.where.say(f"{first + 1:,} to {first + count:,}" if count else "none")
        self.newer.allow(len(self.tokens) > 1)
        self.older.allow(self.next_token is not None)
        self.nothing.say("" if count else "No executions here yet.")


class _RowView:
    """One row of the table. It is made once; turning a page changes its texts, so that the focus stays in place."""

    def __init__(self) -> None:
        with box("tr") as self.row:
            with box("td"):
                self.status = Pill()
            with box("td", "id"):
                self.id = Link()
            with box("td", "url"):
                self.url = Text("span")
            with box("td", "reason"):
                self.reason = Text("span")
            self.attempts = Text("td", "", "number attempts")
            self.started = Text("td", "", "time")
            self.took = Text("td", "", "number took")
        self.row.set_visibility(False)

    def show(self, row: Row | None) -> None:
        if self.row.visible != (row is not None):
            self.row.set_visibility(row is not None)
        if row is None:
            return
        execution = row.execution
        self.status.show(execution.outcome)
        self.id.say(execution.id or execution.name)
        self.id.lead(execution_path(execution.name))
        self.url.say(execution.url)
        self.reason.say(execution.reason)
        self.attempts.say("" if row.attempts is None else str(row.attempts))
        self.started.say(clock(execution.started_at))
        self.took.say(duration(execution.seconds) if execution.stopped_at else "…")
        self._explain(text_of(execution.started_at), execution.message, execution.name)

    def _explain(self, started: str, message: str, name: str) -> None:
        for element, title in ((self.started, started), (self.reason, message), (self.id, name)):
            if element.props.get("title") != title:
                element.props["title"] = title
