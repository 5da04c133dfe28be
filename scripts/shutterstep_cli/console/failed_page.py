"""Failed items without a later picture: by error code, with a filter, and a replay button where that is allowed."""

import asyncio
from datetime import datetime
from functools import partial

from nicegui import background_tasks, ui

from shutterstep_cli.console.context import ConsoleContext, ask
from shutterstep_cli.console.executions_cache import PAGE
from shutterstep_cli.console.failures import Batch, Item, counts, is_wanted
from shutterstep_cli.console.page_layout import PageLayout, page
from shutterstep_cli.console.widgets import Button, Link, Text, box, clock, execution_path

REFRESH_SECONDS = 5.0
PROGRESS_SECONDS = 0.5
COLUMNS = ("Id", "Page", "Error", "Message", "Attempts", "Failed (UTC)", "")


def register(context: ConsoleContext) -> None:
    """Registers the page /failed."""

    @ui.page("/failed")
    def failed() -> None:
        with page(context, "/failed", "Failed") as layout:
            _Failed(context, layout)


class _Failed:
    def __init__(self, context: ConsoleContext, layout: PageLayout) -> None:
        self.context, self.layout = context, layout
        self.code, self.text, self.first = "", "", 0
        self.items: list[Item] = []
        Text(
            "p",
            "Items without a picture whose last execution failed. Items that have been rendered since are not listed.",
            "hint",
        )
        self._head()
        with box("div", "scroll"), box("table", "rows"):
            with box("thead"), box("tr"):
                for name in COLUMNS if context.may_replay else COLUMNS[:-1]:
                    Text("th", name).props["scope"] = "col"
            with box("tbody"):
                self.rows = [_RowView(self) for _ in range(PAGE)]
        self.nothing = Text("p", "reading …", "nothing")
        layout.every(REFRESH_SECONDS, self.refresh)
        ui.timer(PROGRESS_SECONDS, self._show_progress)

    def _head(self) -> None:
        self.codes = box("div", "choices", role="group", aria_label="error codes")
        self.shown_codes: list[tuple[str, int]] | None = None
        with box("div", "bar"):
            box_ = box("input", "filter", type="search", placeholder="Filter by id, page or message")
            box_.props["aria-label"] = "filter by id, page, error code or message"
            box_.on("input", self._filter, js_handler="(event) => emit(event.target.value)", throttle=0.2)
            if self.context.may_replay:
                self.replay_all = Button("Replay", self._ask_replay, "button main")
            else:
                Text("span", "read-only: --allow-replay shows replay buttons", "hint")
            self.progress = Text("span", "", "progress")
            self.progress.props["role"] = "status"
            with box("div", "pager"):
                self.newer = Button("← Newer", lambda: self.turn(-PAGE))
                self.where = Text("span", "", "where")
                self.older = Button("Older →", lambda: self.turn(PAGE))

    def _filter(self, event: object) -> None:
        self.text, self.first = str(getattr(event, "args", "")), 0
        self._show()

    def choose(self, code: str) -> None:
        self.code, self.first, self.shown_codes = code, 0, None
        self._show()

    def turn(self, step: int) -> None:
        self.first = max(self.first + step, 0)
        self._show()

    async def refresh(self) -> None:
        self.items = await ask(self.context.failures.items)
        self._show()

    @property
    def wanted(self) -> list[Item]:
        return [item for item in self.items if is_wanted(item, self.code, self.text)]

    def _show(self) -> None:
        wanted = self.wanted
        shown = wanted[self.first : self.first + PAGE]
        for place, view in enumerate(self.rows):
            view.show(shown[place] if place < len(shown) else None)
        self._show_codes()
        self.where.say(f"{self.first + 1:,} to {self.first + len(shown):,} of {len(wanted):,}" if shown else "none")
        self.newer.allow(self.first > 0)
        self.older.allow(self.first + PAGE < len(wanted))
        self.nothing.say("" if shown else "Nothing has failed." if not self.items else "No item matches the filter.")
        if self.context.may_replay:
            self.replay_all.say(f"Replay {len(wanted):,}" if wanted else "Replay")
            self.replay_all.allow(bool(wanted) and not self._is_replaying())

    def _show_codes(self) -> None:
        found = [("", len(self.items)), *counts(self.items)]
        if found == self.shown_codes:
            return
        self.shown_codes = found
        with self.codes.clear():
            for code, count in found:
                Button(f"{code or 'All'}  {count:,}", partial(self.choose, code), "choice").press(code == self.code)

    def _is_replaying(self) -> bool:
        return self.context.batch is not None and self.context.batch.done < self.context.batch.total

    def _show_progress(self) -> None:
        batch = self.context.batch
        if batch is not None:
            outcomes = ", ".join(f"{outcome.replace('_', ' ')}: {count}" for outcome, count in batch.outcomes.items())
            note = f". {batch.notes[-1]}" if batch.notes else ""
            self.progress.say(f"{batch.done} of {batch.total} replayed. {outcomes}{note}")

    async def _ask_replay(self) -> None:
        wanted = self.wanted
        with ui.dialog() as dialog, box("div", "card dialog", role="document"):
            Text("p", f"Start {len(wanted):,} executions again, with their original input, ten a second?")
            Text("p", "Items that have succeeded meanwhile are skipped.", "hint")
            with box("div", "bar"):
                Button("Replay", lambda: dialog.submit(True), "button main")
                Button("Cancel", lambda: dialog.submit(False))
        if await dialog:
            self.replay(wanted)

    def replay(self, items: list[Item]) -> None:
        """Replays the items in the background, also when this page is closed; every page shows the progress."""
        if self._is_replaying():
            ui.notify("Another replay is running; wait until it is done", type="warning")
            return
        batch = self.context.batch = Batch(len(items))
        arns = [item["execution_arn"] for item in items]
        background_tasks.create(asyncio.to_thread(self.context.failures.replay, arns, batch))


class _RowView:
    def __init__(self, page_: _Failed) -> None:
        self.item: Item = {}
        with box("tr") as self.row:
            with box("td", "id"):
                self.id = Link()
            with box("td", "url"):
                self.url = Text("span")
            with box("td"):
                self.code = Text("span", "", "pill failed")
            self.message = Text("td", "", "message")
            self.attempts = Text("td", "", "number attempts")
            self.time = Text("td", "", "time")
            if page_.context.may_replay:
                with box("td"):
                    Button("Replay", lambda: page_.replay([self.item]), "button small")
        self.row.set_visibility(False)

    def show(self, item: Item | None) -> None:
        if self.row.visible != (item is not None):
            self.row.set_visibility(item is not None)
        if item is None:
            return
        self.item = item
        self.id.say(item["id"])
        self.id.lead(execution_path(item["claim"]))
        self.url.say(str(item.get("url", "")))
        self.code.say(str(item.get("error_code", "")))
        self.message.say(str(item.get("error_message", "")))
        self.attempts.say(str(item.get("attempts", "")))
        self.time.say(clock(datetime.fromisoformat(item["finished_at"])) if "finished_at" in item else "")
