"""One execution: its graph coloured by what happened, a state's attempts, input and output, and the picture."""

from nicegui import ui

from shutterstep_cli.console.context import TROUBLE, ConsoleContext, ask
from shutterstep_cli.console.page_layout import PageLayout, page, say_refused
from shutterstep_cli.console.picture_card import picture_card
from shutterstep_cli.console.state_panel import state_panel
from shutterstep_cli.console.widgets import Button, Link, Pill, Text, box, execution_path, facts
from shutterstep_cli.stack.executions import FAILURES, Execution, ExecutionNotFoundError, Story, arn_of
from shutterstep_cli.workflow.history import text_of
from shutterstep_cli.workflow.svg import duration, svg

REFRESH_SECONDS = 1.0
# A click on a state, or Enter or space on the focused one, sends its name.
ON_CLICK = "(event) => { const state = event.target.closest('[data-state]'); if (state) emit(state.dataset.state) }"
ON_KEY = (
    "(event) => { const state = event.target.closest('[data-state]'); "
    "if (state && (event.key === 'Enter' || event.key === ' ')) { event.preventDefault(); emit(state.dataset.state) } }"
)


def register(context: ConsoleContext) -> None:
    """Registers the page /executions/NAME."""

    @ui.page("/executions/{name}")
    def execution(name: str) -> None:
        with page(context, "", name) as layout:
            _View(context, layout, name)


class _View:
    def __init__(self, context: ConsoleContext, layout: PageLayout, name: str) -> None:
        self.context, self.layout, self.name = context, layout, name
        self.story: Story | None = None
        self.chosen: str | None = None
        self.head = box("section", "card head")
        with self.head:
            Text("p", f"{name} has not started yet: its message is still in the queue, or was never sent.", "nothing")
        self.picture = box("div")
        with box("div", "halves wide"):
            with box("section", "card graph", aria_label="graph of what happened"):
                # The graph is built from XML elements, so titles, addresses and errors in it are escaped text.
                self.graph = ui.html("", sanitize=False)
                self.graph.on("click", self._choose, js_handler=ON_CLICK)
                self.graph.on("keydown", self._choose, js_handler=ON_KEY)
                Text("p", "Click a state, or move to it with Tab, to see its attempts, input and output.", "hint")
            self.panel = box("section", "card state", aria_live="polite", aria_label="state")
        self.timer = layout.every(REFRESH_SECONDS, self.refresh)

    async def refresh(self) -> None:
        """Refreshes the page until the execution has ended; after that nothing changes."""
        arn = arn_of(self.context.target, self.name)
        try:
            execution = await ask(self.context.executions.execution, arn)
        except ExecutionNotFoundError:
            return
        story = await ask(self.context.executions.story, execution)
        if story.history.end and execution.status == "RUNNING":
            return  # it ended between the two calls; ask again
        if story != self.story:
            self.story = story
            self._show(story, await ask(self.context.executions.attempts, execution))
        if execution.stopped_at:
            self.timer.cancel()

    def _show(self, story: Story, attempts: int | None) -> None:
        with self.head.clear():
            _head(self.context, story.execution, attempts)
        self.graph.set_content(svg(story.graph, story.history, alone=False))
        self._show_state(self.chosen or _most_telling(story))
        with self.picture.clear():
            if story.execution.has_picture:
                picture_card(story.execution)

    def _choose(self, event: object) -> None:
        self.chosen = str(getattr(event, "args", ""))
        self._show_state(self.chosen)

    def _show_state(self, state: str) -> None:
        if self.story is not None:
            with self.panel.clear():
                state_panel(self.story, state)


def _most_telling(story: Story) -> str:
    """Returns the state to show first: where it failed, was retried or is now; else its last state."""
    visits = story.history.visits
    for outcome in ("failed", "stopped", "running", "retried"):
        for visit in visits:
            if visit.outcome == outcome and visit.type != "Fail":
                return visit.state
    return visits[-1].state if visits else story.graph.start


def _head(context: ConsoleContext, execution: Execution, attempts: int | None) -> None:
    with box("div", "headline"):
        Pill(execution.outcome)
        Text("h1", execution.id or execution.name, "mono")
        if execution.outcome in FAILURES:
            _replay_button(context, execution)
    if execution.reason:
        _why(execution)
    with box("p", "address"):
        Link(execution.url, execution.url)
    took = duration(execution.seconds) if execution.stopped_at else "still running"
    facts([
        ("execution", execution.name),
        ("started", text_of(execution.started_at)),
        ("took", took),
        ("claims of the id", attempts),
    ], "facts across")  # fmt: skip


def _why(execution: Execution) -> None:
    if execution.outcome == "skipped":
        with box("p", "why skipped"):
            Text("strong", execution.reason)
            Text("span", " owner: ")
            owner = str(execution.output.get("owner", ""))
            Link(owner, execution_path(owner) if owner else "")
        return
    with box("p", "why failed"):
        Text("strong", execution.reason)
        Text("span", f" {execution.message}")


def _replay_button(context: ConsoleContext, execution: Execution) -> None:
    if not context.may_replay:
        Text("span", "read-only: --allow-replay shows a replay button", "hint")
        return

    async def replay() -> None:
        button.allow(False)
        try:
            line = await ask(context.failures.replay_one, execution.arn)
        except TROUBLE as error:
            say_refused(error)
            button.allow(True)
            return
        if line.new_execution:
            ui.navigate.to(execution_path(line.new_execution.rpartition(":")[2]))
        else:
            ui.notify(f"Not replayed: {line.outcome}. {line.note}", type="warning")

    button = Button("Replay", replay, "button main")
