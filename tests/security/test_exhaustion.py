"""A worker's memory and a page's neighbour, while pages try to fill the one and to hold up the other."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.security.exhaustion import PAGES, WORKER_MIB

pytestmark = pytest.mark.security


@pytest.fixture(scope="module")
def fared() -> list[dict[str, Any]]:
    """One line for each page; the process of the worker has a limit of memory, and fails with a neighbour that does."""
    command = [sys.executable, "-m", "tests.security.exhaustion"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_page_ends_with_a_picture_or_an_error_of_its_own(fared: list[dict[str, Any]]) -> None:
    assert [one["name"] for one in fared] == [page.name for page in PAGES]
    ends = {one["outcome"] for one in fared}
    assert ends <= {"picture", "Render.Timeout", "Render.TooLarge", "Render.PageCrashed"}


def test_the_worker_stays_within_its_memory(fared: list[dict[str, Any]]) -> None:
    assert max(one["worker_mib"] for one in fared) < WORKER_MIB
