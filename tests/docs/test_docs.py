"""Every command in the documents is valid as written, and every block that can run here does what it says."""

from pathlib import Path

import pytest

from shutterstep_cli.local import local_stack
from tests.docs.blocks import ROOT, Block, blocks, documents
from tests.docs.commands import commands, problem_of
from tests.docs.terminal import Terminal
from tools.command_docs import reference

ALL = {document.relative_to(ROOT).as_posix(): list(blocks(document)) for document in documents()}
RUN = {name: found for name, found in ALL.items() if any(not block.not_run for block in found)}


def test_a_reader_finds_commands_to_run() -> None:
    assert {"README.md", "docs/TUTORIAL.md"} <= set(RUN)


@pytest.mark.parametrize("name", [name for name, found in ALL.items() if found])
def test_every_command_of_a_document_exists_with_its_options(name: str) -> None:
    problems = [
        f"{block}: {' '.join(words)}: {problem}"
        for block in ALL[name]
        for words in commands(block.text)
        if (problem := problem_of(words))
    ]
    assert problems == []


def test_every_example_of_the_commands_help_is_valid() -> None:
    lines = [line for line in reference().splitlines() if line.startswith("shutterstep ") and "[OPTIONS]" not in line]
    assert len(lines) > 20
    problems = {line: problem_of(words) for line in lines for words in commands(line)}
    assert {line: problem for line, problem in problems.items() if problem} == {}


@pytest.mark.long
@pytest.mark.parametrize("name", RUN)
def test_every_block_of_a_document_does_what_it_says(name: str, environment: dict[str, str], site: str) -> None:
    local_stack.up()
    with Terminal(environment) as terminal:
        for block in RUN[name]:
            if not block.not_run:
                code, output = run(terminal, block, site)
                assert code == block.exit_code, f"{block}\n{block.text}\nexit code {code}:\n{output}"


def run(terminal: Terminal, block: Block, site: str) -> tuple[int, str]:
    """example.com and example.org are the bundled site here."""
    text = block.text.replace("https://example.com", site).replace("https://example.org", site)
    return terminal.serve_until_interrupted(text) if block.until_interrupted else terminal.run(text)


def test_links_between_the_documents_lead_somewhere() -> None:
    assert [f"{document.name}: {link}" for document in documents() for link in broken_links(document)] == []


def broken_links(document: Path) -> list[str]:
    from markdown_it import MarkdownIt

    tokens = [child for token in MarkdownIt().parse(document.read_text("utf-8")) for child in token.children or ()]
    links = [str(token.attrs.get("href") or token.attrs.get("src") or "") for token in tokens]
    own = [link.partition("#")[0] for link in links if link and not link.startswith(("http", "#", "mailto:"))]
    return [link for link in own if link and not (document.parent / link).exists()]
