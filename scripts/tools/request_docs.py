"""`python -m tools.request_docs`: writes the table of options in docs/REQUEST.md from the schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shutterstep.request import schema

FILE = Path(__file__).parents[2] / "docs/REQUEST.md"
BEGIN, END = "<!-- options -->", "<!-- /options -->"


def document(text: str) -> str:
    """Returns the document with the table made from the current schema."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """Returns one row for each option; options inside an object follow it with a dotted name."""
    head = ["| option | meaning | limits | default | example |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(head + list(_rows(schema()["properties"], "")))


def _rows(properties: dict[str, Any], path: str) -> Iterator[str]:
    for name, node in properties.items():
        inside = node.get("items", node)
        default = f"`{json.dumps(node['default'])}`" if "default" in node else ""
        example = f"`{json.dumps(node['examples'][0], ensure_ascii=False)}`" if "examples" in node else ""
        meaning = node["description"].replace("|", "\\|")
        yield f"| `{path}{name}` | {meaning} | {_limits(node)} | {default} | {example} |"
        if "properties" in inside:
            yield from _rows(inside["properties"], f"{path}{name}{'[]' if 'items' in node else ''}.")


def _limits(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    low, high = node.get("minimum"), node.get("maximum")
    parts = [KINDS.get(node["type"]) or str(node["type"])]
    if low is not None and high is not None:
        parts.append(f"{low} to {high}")
    parts += [f"at most {node[key]} {word}" for key, word in UNITS.items() if key in node]
    if "enum" in node.get("items", {}):
        parts.append("of " + ", ".join(f"`{value}`" for value in node["items"]["enum"]))
    return ", ".join(parts)


KINDS = {"integer": "whole number", "array": "list", "boolean": "true or false"}
UNITS = {"maxLength": "characters", "maxItems": "entries", "maxProperties": "entries"}

if __name__ == "__main__":
    FILE.write_text(document(FILE.read_text("utf-8")), "utf-8")
