"""Draws each workflow of statemachine/ as a Mermaid flowchart into README.md, between its markers."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.asl import read_definition

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = """examples:
  scripts/graph.py          draw the workflows into README.md
  scripts/graph.py --check  say whether README.md is current; exit code 1 if not"""

LONGEST_LABEL = 60
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

State = dict[str, Any]


class GraphError(Exception):
    """README.md has no place for a workflow, or shows an old one."""


def main() -> int:
    """Write or check; the exit code."""
    options = _parser().parse_args()
    try:
        run(options.readme, check=options.check)
    except GraphError as error:
        print(f"graph: {error}", file=sys.stderr)
        return 1
    return 0


def run(readme: Path, *, check: bool) -> None:
    """Raises GraphError when a marker is missing, or with `check` when README.md is not current."""
    if not readme.exists():
        raise GraphError(f"{readme.name} is missing")
    before = readme.read_text()
    after = with_graphs(before, definitions(ROOT / "statemachine"))
    if check and after != before:
        raise GraphError(f"{readme.name} shows an old workflow; run: make graph")
    if after != before:
        readme.write_text(after)


def definitions(folder: Path) -> dict[str, State]:
    """Each workflow's definition by its name."""
    return {path.name.removesuffix(".asl.json"): read_definition(path) for path in folder.glob("*.asl.json")}


def with_graphs(text: str, workflows: dict[str, State]) -> str:
    """The text with each workflow's graph between its markers."""
    for name, definition in sorted(workflows.items()):
        text = between(text, f"<!-- graph:{name} -->", f"<!-- /graph:{name} -->", mermaid(definition))
    return text


def between(text: str, start: str, end: str, content: str) -> str:
    """The text with what stands between two markers replaced."""
    head, found, rest = text.partition(start)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise GraphError(f"README.md has no {start} … {end}")
    return f"{head}{start}\n{content}\n{end}{tail}"


def mermaid(definition: State) -> str:
    """The flowchart, fenced for Markdown."""
    states: dict[str, State] = definition["States"]
    lines = [
        'Start(("start"))',
        *(node(name, state) for name, state in states.items()),
        f"Start --> {definition['StartAt']}",
        *(line for name, state in states.items() for line in edges(name, state)),
    ]
    return "\n".join(["```mermaid", "flowchart TD", *(f"    {line}" for line in lines), "```"])


def node(name: str, state: State) -> str:
    """A state in the shape of its type, with what it calls and how often it is retried."""
    opening, closing = SHAPES[state["Type"]]
    return f"{name}{opening}{'<br/>'.join([name, *notes(state)])}{closing}"


def notes(state: State) -> Iterator[str]:
    """The small print of a state."""
    if "Resource" in state:
        yield state["Resource"].rpartition(":::")[2]
    if "Retry" in state:
        yield f"retries: {' + '.join(str(retrier.get('MaxAttempts', 3)) for retrier in state['Retry'])}"


def edges(name: str, state: State) -> Iterator[str]:
    """Where a state leads: choices with their reason, errors dashed with their names."""
    for choice in state.get("Choices", []):
        yield f'{name} -- "{label(choice.get("Comment", choice.get("Condition", "")))}" --> {choice["Next"]}'
    if "Default" in state:
        yield f'{name} -- "otherwise" --> {state["Default"]}'
    if "Next" in state:
        yield f"{name} --> {state['Next']}"
    for catcher in state.get("Catch", []):
        yield f'{name} -. "{label(", ".join(catcher["ErrorEquals"]))}" .-> {catcher["Next"]}'


def label(text: str) -> str:
    """Short, on one line, and without what Mermaid would read as its own."""
    plain = " ".join(text.removeprefix("{%").removesuffix("%}").replace('"', "'").split())
    return plain if len(plain) <= LONGEST_LABEL else f"{plain[: LONGEST_LABEL - 1]}…"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail when README.md is not current")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md", help="the file to draw into")
    return parser


if __name__ == "__main__":
    sys.exit(main())
