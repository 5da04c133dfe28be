"""The SAM CLI as users have it, against the embedded AWS. `make test-sam` installs it separately and sets its path.

Without a name in SHUTTERSTEP_SAM these tests are skipped.
"""

import os
from collections.abc import Iterator

import pytest

from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own

SAM = os.environ.get("SHUTTERSTEP_SAM", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not SAM and item.path.parent.name == "sam":
            item.add_marker(pytest.mark.skip(reason="no SAM CLI is named; run: make test-sam"))


@pytest.fixture(scope="package")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with stack_of_its_own(tmp_path_factory.mktemp("sam"), launcher=False) as target:
        yield target
