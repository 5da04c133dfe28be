"""The command blocks of a Markdown document, each with the comment that its author put before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
SHELLS = {"sh", "bash", "shell", "console"}
COMMANDS = ("make", "shutterstep", ".venv/bin/", "aws", "sam", "docker", "git", "pip", "python", "cfn-lint")

# The allowed reasons for not running a block.
REASONS = {
    "needs AWS": "an account",
    "needs Docker": "a container engine",
    "takes minutes": "too long for this test; its own test runs it smaller",
    "is the test itself": "would run the tests within the tests",
    "serves until interrupted": "the tutorial's block does, and is interrupted",
    "undoes the set-up": "the next block would have nothing to run with",
    "changes your shell": "writes to files in the home folder",
}
COMMENT = re.compile(r"<!-- (?P<word>not run|exits with|until)(?:: | )(?P<value>.+?) -->")


class BlockError(Exception):
    """The comment before a block is unknown to the test."""


@dataclass(frozen=True)
class Block:
    """Shell text, its first line, and the reason for not running it, or its expected exit code."""

    document: Path
    line: int
    text: str
    not_run: str = ""
    exit_code: int = 0
    until_interrupted: bool = False

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@cache
def documents() -> list[Path]:
    """The README first, as a reader would; then the tutorial, then the rest by name."""
    first = [ROOT / "README.md", ROOT / "docs" / "TUTORIAL.md"]
    others = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - set(first))
    return [*first, *others]


def blocks(document: Path) -> Iterator[Block]:
    """Yields the document's shell blocks, in order."""
    comment = ""
    for token in MarkdownIt().parse(document.read_text("utf-8")):
        line = (token.map or [0])[0] + 1
        if _is_shell(token):
            yield _block(document, line, token.content, comment)
        comment = token.content if token.type == "html_block" else ""


def _is_shell(token: Token) -> bool:
    """Whether it is a fence marked as shell, or indented text that begins with a command."""
    if token.type == "code_block":
        return token.content.startswith(COMMANDS)
    return token.type == "fence" and token.info.split(" ")[0] in SHELLS


def _block(document: Path, line: int, text: str, comment: str) -> Block:
    found = COMMENT.search(comment)
    match (found["word"], found["value"]) if found else ("", ""):
        case "", "":
            return Block(document, line, text)
        case "not run", reason if reason in REASONS:
            return Block(document, line, text, not_run=reason)
        case "exits with", code if code.isdigit():
            return Block(document, line, text, exit_code=int(code))
        case "until", "Ctrl-C":
            return Block(document, line, text, until_interrupted=True)
    raise BlockError(f"{document.name}:{line}: unknown comment {comment.strip()}; reasons are {', '.join(REASONS)}")
