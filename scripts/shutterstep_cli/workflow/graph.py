"""A workflow as a graph: its states and where each one leads, from the definition alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["next", "choice", "otherwise", "catch"]
State = dict[str, Any]

LONGEST_LABEL = 60


@dataclass(frozen=True)
class Node:
    """A state; `notes` say what it calls and its number of retries, `errors` are those that its catchers name."""

    name: str
    type: str
    comment: str
    notes: tuple[str, ...]
    errors: frozenset[str]


@dataclass(frozen=True)
class Edge:
    """Where a state leads, and why: a choice's comment, or the errors of a catcher."""

    source: str
    target: str
    label: str
    kind: Kind


@dataclass(frozen=True)
class Graph:
    """The graph of a definition, with nodes and edges in the definition's order."""

    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, name: str) -> Node | None:
        """Returns the state of that name, or None."""
        return next((node for node in self.nodes if node.name == name), None)


def graph_of(definition: dict[str, Any]) -> Graph:
    """Returns the graph of a definition in the Amazon States Language; a Map or a Parallel is one node."""
    states: dict[str, State] = definition["States"]
    nodes = tuple(_node(name, state) for name, state in states.items())
    return Graph(
        definition["StartAt"], nodes, tuple(edge for name, state in states.items() for edge in _edges(name, state))
    )


def merged(variants: Mapping[str, Graph]) -> Graph:
    """Returns the variants of a workflow as one graph; an edge that only some have is labelled with its variant."""
    graphs = list(variants.values())
    edges: dict[Edge, None] = {}
    for name, graph in variants.items():
        for edge in graph.edges:
            in_all = all(edge in other.edges for other in graphs)
            edges[edge if in_all else replace(edge, label=name)] = None
    order = [node.name for node in graphs[0].nodes]
    return Graph(graphs[0].start, graphs[0].nodes, tuple(sorted(edges, key=lambda edge: order.index(edge.source))))


def _node(name: str, state: State) -> Node:
    caught = frozenset(error for catcher in state.get("Catch", []) for error in catcher["ErrorEquals"])
    return Node(name, state["Type"], state.get("Comment", ""), tuple(_notes(state)), caught - {"States.ALL"})


def _notes(state: State) -> Iterator[str]:
    if "Resource" in state:
        yield state["Resource"].rpartition(":::")[2]
    if "Retry" in state:
        yield f"retries: {' + '.join(str(retrier.get('MaxAttempts', 3)) for retrier in state['Retry'])}"


def _edges(name: str, state: State) -> Iterator[Edge]:
    for choice in state.get("Choices", []):
        yield Edge(name, choice["Next"], short(choice.get("Comment", choice.get("Condition", ""))), "choice")
    if "Default" in state:
        yield Edge(name, state["Default"], "otherwise", "otherwise")
    if "Next" in state:
        yield Edge(name, state["Next"], "", "next")
    for catcher in state.get("Catch", []):
        yield Edge(name, catcher["Next"], short(", ".join(catcher["ErrorEquals"])), "catch")


def short(text: str) -> str:
    """Returns an expression on one line, without JSONata's braces and without quotes."""
    plain = " ".join(text.removeprefix("{%").removesuffix("%}").replace('"', "'").split())
    return plain if len(plain) <= LONGEST_LABEL else f"{plain[: LONGEST_LABEL - 1]}…"
