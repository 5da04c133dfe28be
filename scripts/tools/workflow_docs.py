"""Draws each workflow of statemachine/ as a Mermaid flowchart into its document, between markers."""

import argparse
import sys
from pathlib import Path

from shutterstep_cli.workflow.asl import RENDER_STATES, read_definition
from shutterstep_cli.workflow.graph import Edge, Graph, Node, graph_of, merged

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / "docs" / "WORKFLOW.md"
PLACES = {"screenshot": ROOT / "README.md", "release": WORKFLOW, "sweep": WORKFLOW}
EXAMPLES = """examples:
  python -m tools.workflow_docs          draw the workflows into the documents
  python -m tools.workflow_docs --check  say whether the documents are current; exit code 1 if not"""

SHAPES = {
    "Task": ('["', '"]'),
    "Choice": ('{"', '"}'),
    "Succeed": ('(["', '"])'),
    "Fail": ('[["', '"]]'),
    "Wait": ('("', '")'),
    "Map": ('[/"', '"/]'),
    "Parallel": ('[/"', '"/]'),
    "Pass": ('("', '")'),
}


class GraphError(Exception):
    """A document has no place for a workflow, or shows an old version of it."""


def main() -> int:
    """Writes or checks the documents; returns the exit code."""
    options = _parser().parse_args()
    workflows = graphs(ROOT / "statemachine")
    try:
        if workflows.keys() != PLACES.keys():
            raise GraphError(f"PLACES names {sorted(PLACES)}, statemachine/ has {sorted(workflows)}")
        for name, place in PLACES.items():
            draw(name, workflows[name], place, check=options.check)
    except GraphError as error:
        print(f"graph: {error}", file=sys.stderr)
        return 1
    return 0


def draw(name: str, graph: Graph, place: Path, *, check: bool) -> None:
    """Draws one workflow.

    Raises GraphError when a marker is missing, or with `check` when the document is not current.
    """
    before = place.read_text("utf-8")
    after = between(before, f"<!-- graph:{name} -->", f"<!-- /graph:{name} -->", mermaid(graph))
    if check and after != before:
        raise GraphError(f"{place.name} shows an old workflow; run: make docs")
    if after != before:
        place.write_text(after, "utf-8")


def graphs(folder: Path) -> dict[str, Graph]:
    """Returns the graph of each workflow by name."""
    return {path.name.removesuffix(".asl.json"): _graph(path) for path in sorted(folder.glob("*.asl.json"))}


def _graph(path: Path) -> Graph:
    """Returns one graph for both modes: RenderMode decides at deployment where Claim leads."""
    variants = {f"the mode is {mode}": {"RenderState": state} for mode, state in RENDER_STATES.items()}
    return merged({name: graph_of(read_definition(path, values)) for name, values in variants.items()})


def between(text: str, start: str, end: str, content: str) -> str:
    """Returns the text with the content between two markers replaced. Raises GraphError without the markers."""
    head, found, rest = text.partition(start)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise GraphError(f"no {start} … {end} in the document")
    return f"{head}{start}\n{content}\n{end}{tail}"


def mermaid(graph: Graph) -> str:
    """Returns the flowchart in a Markdown code fence."""
    lines = [
        'Start(("start"))',
        *(node_line(node) for node in graph.nodes),
        f"Start --> {graph.start}",
        *(edge_line(edge) for edge in graph.edges),
    ]
    return "\n".join(["```mermaid", "flowchart TD", *(f"    {line}" for line in lines), "```"])


def node_line(node: Node) -> str:
    """Returns a state in the shape of its type, with what it calls and its number of retries."""
    opening, closing = SHAPES[node.type]
    return f"{node.name}{opening}{'<br/>'.join([node.name, *node.notes])}{closing}"


def edge_line(edge: Edge) -> str:
    """Returns where a state leads: choices with their reason, errors dashed with their names."""
    if edge.kind == "catch":
        return f'{edge.source} -. "{edge.label}" .-> {edge.target}'
    return f'{edge.source} -- "{edge.label}" --> {edge.target}' if edge.label else f"{edge.source} --> {edge.target}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if one is not current")
    return parser


if __name__ == "__main__":
    sys.exit(main())
