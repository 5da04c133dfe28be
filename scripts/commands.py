"""Writes the reference of `shutterstep` into docs/COMMANDS.md, from the command itself."""

import argparse
import html
import re
import sys
from pathlib import Path

import click
import typer
from typer.cli import get_docs_for_click

from scripts.cli import app
from scripts.graph import between

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "COMMANDS.md"
START, END = "<!-- commands -->", "<!-- /commands -->"
EXAMPLES = re.compile(r"^Examples?: (.+(?:\n {2,}.+)*)", re.MULTILINE)


def reference() -> str:
    """Each verb with its arguments, options and examples, as Typer documents them; titles a level down."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="shutterstep")
    text = html.unescape(get_docs_for_click(obj=command, ctx=context, name="shutterstep"))
    _, _, verbs = text.partition("\n## ")
    return EXAMPLES.sub(_as_block, f"## {verbs}").replace("```console\n$ ", "```text\n").strip()


def _as_block(found: re.Match[str]) -> str:
    lines = "\n".join(line.strip() for line in found[1].splitlines())
    return f"```text\n{lines}\n```"


def main() -> int:
    """Write the reference, or with --check say whether it is current; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m scripts.commands --check")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the reference is not current")
    check: bool = parser.parse_args().check
    old = DOCUMENT.read_text("utf-8")
    new = between(old, START, END, reference())
    if check and new != old:
        click.echo("docs/COMMANDS.md is not current; run: make docs", err=True)
        return 1
    DOCUMENT.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
