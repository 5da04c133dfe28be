"""The panel of a state beside the graph: each visit with times, attempts, errors, input and output."""

from shutterstep_cli.console.widgets import Pill, Text, box, clock, document, facts
from shutterstep_cli.stack.executions import Story
from shutterstep_cli.workflow.history import Attempt, Visit, message_of
from shutterstep_cli.workflow.svg import duration


def state_panel(story: Story, state: str) -> None:
    """Shows what the definition and the history say about the state."""
    node, visits = story.graph.node(state), story.history.visits_of(state)
    with box("div", "headline"):
        Text("h2", state)
        Pill(story.history.outcome_of(state))
    if node is not None:
        Text("p", node.comment, "hint")
        if node.notes:
            Text("p", " · ".join(node.notes), "notes mono")
    for number, visit in enumerate(visits, 1):
        if len(visits) > 1:
            Text("h3", f"Passage {number} of {len(visits)}")
        _visit(visit)
    if visits and visits[-1].type == "Fail" and story.history.error:
        _error(Attempt(visits[-1].entered_at, error=story.history.error, cause=story.history.cause), "Error")
    if not visits:
        Text("p", "This execution did not reach this state.", "nothing")


def _visit(visit: Visit) -> None:
    retries = len(visit.attempts) - 1
    facts([
        ("entered", f"{clock(visit.entered_at)} UTC"),
        ("took", duration(visit.seconds) or "not finished yet"),
        ("retries", str(retries) if retries > 0 else ""),
    ])  # fmt: skip
    for number, attempt in enumerate(visit.attempts, 1):
        if attempt.error:
            _error(attempt, f"Attempt {number}")
        elif retries > 0:
            Text("p", f"Attempt {number}: {duration(attempt.seconds) or 'at work'}", "attempt")
    document("Input", visit.input)
    document("Output", visit.output)


def _error(attempt: Attempt, title: str) -> None:
    with box("div", "error"):
        after = f" after {duration(attempt.seconds)}" if attempt.seconds else ""
        Text("strong", f"{title}{after}: {attempt.error}")
        Text("p", message_of(attempt.cause))
        if attempt.cause and message_of(attempt.cause) != attempt.cause:
            document("Cause", attempt.cause)
