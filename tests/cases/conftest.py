"""One browser and one server for all cases."""

from collections.abc import Iterator

import pytest

from tests.cases.server import CaseHandler
from tests.end_to_end.studio import Studio, open_browser_studio
from tests.pages.server import Pages, serve_pages


@pytest.fixture(scope="package")
def studio() -> Iterator[Studio]:
    with open_browser_studio() as studio:
        yield studio


@pytest.fixture(scope="package")
def pages() -> Iterator[Pages]:
    with serve_pages(CaseHandler) as pages:
        yield pages
