"""One stack for all documents, a site that stands for example.com, and the AWS CLI."""

import os
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.example_site import SITE
from tests.docs.blocks import ROOT
from tests.docs.terminal import path_with
from tests.loopback import serving

# The AWS CLI as users have it: the documents name the endpoint. Its pinned dependencies differ from ours, so it is
# installed separately.
AWS_CLI = """#!/usr/bin/env bash
exec uv --quiet tool run --from awscli==1.45.64 aws "$@"
"""


class _AnyPage(SimpleHTTPRequestHandler):
    """The bundled site; an address it does not have is its front page, as /pricing of example.com would be a page."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments, directory=str(SITE))

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        return found if Path(found).is_file() else str(SITE / "landing.html")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="package")
def site() -> Iterator[str]:
    with serving(_AnyPage) as origin:
        yield origin


@pytest.fixture(scope="package")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a reader's terminal: without an AWS account, with the stack of these tests."""
    home, tools = tmp_path_factory.mktemp("stack"), tmp_path_factory.mktemp("tools")
    (home / "cache").symlink_to(_package_cache())
    (tools / "aws").write_text(AWS_CLI)
    (tools / "aws").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SHUTTERSTEP_HOME"))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHUTTERSTEP_HOME", str(home))
        yield {**kept, "SHUTTERSTEP_HOME": str(home), "PATH": path_with(tools), "VIRTUAL_ENV": str(ROOT / ".venv")}
        local_stack.down()


def _package_cache() -> Path:
    cache = local_stack.home() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    return cache
