"""Writes the references in docs/: of the command from the command itself, of the parameters from template.yaml."""

import argparse
import html
import re
import sys
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from shutterstep_cli.main import app
from tools.parameter_docs import outputs, parameters
from tools.workflow_docs import between

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = re.compile(r"^\x08?\n?Examples?: (.+(?:\n {2,}.+)*)", re.MULTILINE)


def reference() -> str:
    """Returns each verb's arguments, options and examples as Typer documents them, with titles one level lower."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="shutterstep", help_option_names=["-h", "--help"])
    text = html.unescape(get_docs_for_click(obj=command, ctx=context, name="shutterstep"))
    _, _, verbs = text.partition("\n## ")
    return EXAMPLES.sub(_as_block, f"## {verbs}").replace("```console\n$ ", "```text\n").strip()


def _as_block(found: re.Match[str]) -> str:
    lines = "\n".join(line.strip() for line in found[1].splitlines())
    return f"```text\n{lines}\n```"


PARTS = {"COMMANDS.md": {"commands": reference}, "PARAMETERS.md": {"parameters": parameters, "outputs": outputs}}


def current(document: Path) -> str:
    """Returns the document as it should be, with each part between its markers made anew."""
    text = document.read_text("utf-8")
    for name, make in PARTS[document.name].items():
        text = between(text, f"<!-- {name} -->", f"<!-- /{name} -->", make())
    return text


def main() -> int:
    """Writes the references, or with --check reports whether they are current; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m tools.command_docs --check")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a reference is not current")
    check: bool = parser.parse_args().check
    stale = [DOCS / name for name in PARTS if current(DOCS / name) != (DOCS / name).read_text("utf-8")]
    for document in stale:
        if check:
            typer.echo(f"docs/{document.name} is not current; run: make docs", err=True)
        else:
            document.write_text(current(document), "utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
