"""Positions of a workflow's states and edges: a layered layout, top down, as Sugiyama, Tagawa and Toda describe it.

Every edge becomes a chain with one place in each layer, and the first of them holds the edge's label, so that labels
and lines have their own space. Lengths are in pixels.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from shutterstep_cli.workflow.graph import Edge, Graph

LAYER_GAP = 26
PLACE_GAP = 14
SWEEPS = 24
STRAIGHTNESS = (8, 2, 1)  # weight of a piece of an edge, by how many of its ends are states. Chosen, not measured


@dataclass
class Place:
    """A state, a label or a bend of an edge; x and y are its centre."""

    name: str
    layer: int
    width: float
    height: float
    is_state: bool = False
    x: float = 0
    y: float = 0
    above: list["Place"] = field(default_factory=list)
    below: list["Place"] = field(default_factory=list)


@dataclass
class Layout:
    """`routes` holds the places that an edge passes, from its source to its target."""

    states: dict[str, Place]
    routes: dict[Edge, list[Place]]
    width: float = 0
    height: float = 0


Size = Callable[[str], tuple[float, float]]


def lay_out(graph: Graph, state_size: Size, label_size: Size) -> Layout:
    """Returns the layout. Sizes are (width, height), by the state's name and by the edge's label."""
    levels = _levels(graph)
    states = {
        node.name: Place(node.name, 2 * levels[node.name], *state_size(node.name), is_state=True)
        for node in graph.nodes
    }
    layout = Layout(states, {edge: _chain(edge, states, label_size) for edge in graph.edges})
    layers = _ordered(layout)
    _place_across(layers)
    _place_down(layers)
    everything = [place for layer in layers for place in layer]
    layout.width = max(place.x + place.width / 2 for place in everything)
    layout.height = max(place.y + place.height / 2 for place in everything)
    return layout


def _levels(graph: Graph) -> dict[str, int]:
    """Returns the length of the longest path from the start, ignoring edges that lead back; 0 for unreached states."""
    forward = _forward_edges(graph)
    levels = dict.fromkeys((node.name for node in graph.nodes), 0)
    for _ in graph.nodes:  # as many rounds as the longest path can have steps
        for edge in forward:
            levels[edge.target] = max(levels[edge.target], levels[edge.source] + 1)
    return levels


def _forward_edges(graph: Graph) -> list[Edge]:
    """Returns the edges without those that lead back to a state on the way to their source."""
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        leaving[edge.source].append(edge)
    forward: list[Edge] = []
    done: set[str] = set()

    def visit(state: str, way: tuple[str, ...]) -> None:
        done.add(state)
        for edge in leaving[state]:
            if edge.target in (*way, state):
                continue
            forward.append(edge)
            if edge.target not in done:
                visit(edge.target, (*way, state))

    for name in (graph.start, *(node.name for node in graph.nodes)):
        if name not in done:
            visit(name, ())
    return forward


def _chain(edge: Edge, states: dict[str, Place], label_size: Size) -> list[Place]:
    """Returns the places from source to target, one on each layer between.

    For an edge that leads back, they are in reverse order.
    """
    upper, lower = sorted((states[edge.source], states[edge.target]), key=lambda place: place.layer)
    middle = [Place("", layer, 2, 2) for layer in range(upper.layer + 1, lower.layer)]
    if edge.label and middle:
        place = middle[0] if upper is states[edge.source] else middle[-1]
        place.name, (place.width, place.height) = edge.label, label_size(edge.label)
    chain = [upper, *middle, lower]
    for one, next_ in pairwise(chain):
        one.below.append(next_)
        next_.above.append(one)
    return chain if upper is states[edge.source] else chain[::-1]


def _ordered(layout: Layout) -> list[list[Place]]:
    """Returns the layers, each in an order with few crossings: a place stands near the middle of its neighbours."""
    layers: dict[int, list[Place]] = defaultdict(list)
    seen: set[int] = set()
    for place in (*layout.states.values(), *(place for route in layout.routes.values() for place in route)):
        if id(place) not in seen:
            seen.add(id(place))
            layers[place.layer].append(place)
    rows = [layers[number] for number in sorted(layers)]
    best, fewest = [list(row) for row in rows], _crossings(rows)
    for sweep in range(SWEEPS):
        _sweep(rows, downward=sweep % 2 == 0)
        if (crossings := _crossings(rows)) < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _sweep(rows: list[list[Place]], *, downward: bool) -> None:
    for row in rows if downward else rows[::-1]:
        spots = {id(place): spot for other in rows for spot, place in enumerate(other)}

        def middle(place: Place, spots: dict[int, int] = spots) -> float:
            neighbours = place.above if downward else place.below
            return sum(spots[id(one)] for one in neighbours) / len(neighbours) if neighbours else spots[id(place)]

        row.sort(key=middle)


def _crossings(rows: list[list[Place]]) -> int:
    spots = {id(place): spot for row in rows for spot, place in enumerate(row)}
    return sum(_crossings_below(row, spots) for row in rows)


def _crossings_below(row: list[Place], spots: dict[int, int]) -> int:
    lines = [(spots[id(place)], spots[id(lower)]) for place in row for lower in place.below]
    return sum(a < c and b > d for a, b in lines for c, d in lines)


def _place_across(rows: list[list[Place]]) -> None:
    """Sets x: each place as near to its neighbours as the order and the gaps allow."""
    for row in rows:
        _spread(row, [0.0] * len(row))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            _spread(row, [_wanted(place) for place in row])
    left = min(place.x - place.width / 2 for row in rows for place in row)
    for row in rows:
        for place in row:
            place.x -= left


def _wanted(place: Place) -> float:
    """Returns the mean of its neighbours; pieces of edges count most, so that edges run straight."""
    pulls = [(one.x, STRAIGHTNESS[place.is_state + one.is_state]) for one in (*place.above, *place.below)]
    return sum(x * pull for x, pull in pulls) / sum(pull for _, pull in pulls) if pulls else place.x


def _spread(row: list[Place], wanted: Iterable[float]) -> None:
    """Sets x by least squares of the distances to `wanted`, with gaps: merges neighbours that would violate them."""
    offsets, right = [], 0.0
    for place in row:
        offsets.append(right + place.width / 2)
        right += place.width + PLACE_GAP
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wanted, offsets, strict=True):
        pool = (wish - offset, 1)
        while pools and pools[-1][0] > pool[0]:
            before, count = pools.pop()
            pool = ((before * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
        pools.append(pool)
    shifts = [shift for shift, count in pools for _ in range(count)]
    for place, shift, offset in zip(row, shifts, offsets, strict=True):
        place.x = shift + offset


def _place_down(rows: list[list[Place]]) -> None:
    top = 0.0
    for row in rows:
        height = max(place.height for place in row)
        for place in row:
            place.y = top + height / 2
        top += height + LAYER_GAP
