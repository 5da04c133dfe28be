"""A workflow's graph as SVG, coloured by what happened; every state also says in words what its colour means."""

import textwrap
from itertools import pairwise
from xml.etree import ElementTree as Xml

from shutterstep_cli.workflow.graph import Edge, Graph, Node
from shutterstep_cli.workflow.history import History, Outcome
from shutterstep_cli.workflow.layout import Layout, Place, lay_out
from shutterstep_cli.workflow.style import ALONE

MARGIN = 14
STATE_HEIGHT = 46
CHARACTER = 7.4  # mean width in px of a character of a state's name, at 13.5 px
SMALL_CHARACTER = 6.1  # mean width in px of a character of a label, at 11.5 px
LABEL_COLUMNS = 22
LINE = 13


def svg(graph: Graph, history: History | None = None, *, alone: bool = True) -> str:
    """Returns the picture as text.

    With `alone` it contains its colours; a page with several pictures has them itself.
    """
    happened = history or History()
    layout = lay_out(graph, lambda name: _state_size(name, happened), _label_size)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    root = Xml.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "workflow", "role": "group",
        "aria-label": "the workflow's states",
        "viewBox": f"{-MARGIN} {-MARGIN} {width:.0f} {height:.0f}", "width": f"{width:.0f}", "height": f"{height:.0f}",
    })  # fmt: skip
    if alone:
        Xml.SubElement(root, "style").text = ALONE
        Xml.SubElement(root, "rect", {"x": str(-MARGIN), "y": str(-MARGIN), "width": "100%", "height": "100%",
                                      "fill": "var(--ground)"})  # fmt: skip
    steps = happened.steps()
    for edge in sorted(
        graph.edges, key=lambda edge: (edge.source, edge.target) in steps
    ):  # edges that were taken lie on top
        _draw_edge(root, edge, layout.routes[edge], taken=_is_taken(edge, graph, happened))
    for node in graph.nodes:
        _draw_state(root, node, layout, happened)
    return Xml.tostring(root, encoding="unicode")


def _is_taken(edge: Edge, graph: Graph, history: History) -> bool:
    """Whether an edge was taken.

    Two edges may join the same states; an error's edge was taken if the source failed with it.
    """
    pairs = pairwise(history.visits)
    followed = [one for one, other in pairs if (one.state, other.state) == (edge.source, edge.target)]
    rivals = [other for other in graph.edges if (other.source, other.target) == (edge.source, edge.target)]
    if len(rivals) == 1:
        return bool(followed)
    return any((visit.outcome in ("failed", "caught")) == (edge.kind == "catch") for visit in followed)


def what(state: str, history: History) -> str:
    """Returns in a few words what happened in a state: outcome, time and last error."""
    outcome: Outcome = history.outcome_of(state)
    if outcome == "not reached":
        return ""
    visit, retries = history.visits_of(state)[-1], history.retries_of(state)
    words = [outcome if outcome != "retried" else ""]
    words.append(f"retried {retries}\N{MULTIPLICATION SIGN}" if retries else "")
    words.append(last_part(visit.errors[-1].error) if outcome in ("failed", "caught") and visit.errors else "")
    words.append(duration(visit.seconds) if visit.seconds and visit.type == "Task" else "")
    return " · ".join(word for word in words if word)


def last_part(error: str) -> str:
    """Returns the last part of an error code: Timeout of `Render.Timeout`."""
    return error.rpartition(".")[2].removesuffix("Exception")


def duration(seconds: float | None) -> str:
    """Returns a duration for people: 3 ms, 1.2 s, 4 min 5 s, 2 h 3 min."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _state_size(name: str, history: History) -> tuple[float, float]:
    longest = max(len(name) * CHARACTER, len(what(name, history)) * SMALL_CHARACTER)
    return max(longest + 22, 100), STATE_HEIGHT


def _label_lines(label: str) -> list[str]:
    """Returns only the last part of an error code; the whole code is in the title."""
    plain = ", ".join(last_part(part) for part in label.split(", "))
    return textwrap.wrap("any error" if label == "States.ALL" else plain, LABEL_COLUMNS)[:3]


def _label_size(label: str) -> tuple[float, float]:
    lines = _label_lines(label)
    return max(len(line) for line in lines) * SMALL_CHARACTER + 8, len(lines) * LINE + 4


def _draw_edge(root: Xml.Element, edge: Edge, route: list[Place], *, taken: bool) -> None:
    mark = " taken" if taken else ""
    group = Xml.SubElement(root, "g")
    Xml.SubElement(group, "title").text = edge.label or f"{edge.source}, then {edge.target}"
    Xml.SubElement(group, "path", {"class": f"edge {edge.kind}{mark}", "d": _path(route)})
    _draw_head(group, route, mark)
    for place in route[1:-1]:
        if place.name:
            _draw_label(group, place, mark)


def _path(route: list[Place]) -> str:
    """Returns the line from the border of the source to that of the target, vertical at each place it passes."""
    down = 1 if route[0].y <= route[-1].y else -1
    points = [(place.x, place.y) for place in route]
    points[0] = (points[0][0], points[0][1] + down * route[0].height / 2)
    points[-1] = (points[-1][0], points[-1][1] - down * (route[-1].height / 2 + 6))
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        parts.append(f"C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}")
    return "".join(parts)


def _draw_head(group: Xml.Element, route: list[Place], mark: str) -> None:
    down = 1 if route[0].y <= route[-1].y else -1
    x, y = route[-1].x, route[-1].y - down * route[-1].height / 2
    points = f"{x:.1f},{y:.1f} {x - 4:.1f},{y - down * 8:.1f} {x + 4:.1f},{y - down * 8:.1f}"
    Xml.SubElement(group, "polygon", {"class": f"head{mark}", "points": points})


def _draw_label(group: Xml.Element, place: Place, mark: str) -> None:
    left, top = place.x - place.width / 2, place.y - place.height / 2
    Xml.SubElement(group, "rect", {
        "class": "label-ground", "x": f"{left:.1f}", "y": f"{top:.1f}", "rx": "3",
        "width": f"{place.width:.1f}", "height": f"{place.height:.1f}",
    })  # fmt: skip
    for number, line in enumerate(_label_lines(place.name)):
        y = top + LINE * (number + 0.85)
        Xml.SubElement(group, "text", {"class": f"label{mark}", "x": f"{place.x:.1f}", "y": f"{y:.1f}"}).text = line


def _draw_state(root: Xml.Element, node: Node, layout: Layout, history: History) -> None:
    place, words = layout.states[node.name], what(node.name, history)
    outcome = history.outcome_of(node.name)
    classes = f"state {outcome} visited" if words else "state not-reached"
    group = Xml.SubElement(root, "g", {
        "class": classes, "data-state": node.name, "role": "button", "tabindex": "0",
        "aria-label": f"{node.name}: {words or 'not reached'}",
    })  # fmt: skip
    Xml.SubElement(group, "title").text = node.comment or node.name
    Xml.SubElement(group, "rect", {
        "x": f"{place.x - place.width / 2:.1f}", "y": f"{place.y - place.height / 2:.1f}",
        "width": f"{place.width:.1f}", "height": f"{place.height:.1f}", "rx": "23" if node.type == "Succeed" else "7",
    })  # fmt: skip
    middle = place.y + (4 if not words else -2)
    Xml.SubElement(group, "text", {"x": f"{place.x:.1f}", "y": f"{middle:.1f}"}).text = node.name
    if words:
        text = Xml.SubElement(group, "text", {"class": "what", "x": f"{place.x:.1f}", "y": f"{place.y + 13:.1f}"})
        text.text = words
