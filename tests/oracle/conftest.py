"""Both drivers and the server of all their pages."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.studio import Studio, open_browser_studio
from tests.oracle.playwright_driver import PlaywrightDriver, open_playwright
from tests.oracle.site import OracleHandler, install_packages
from tests.pages.server import Pages, serve_pages


@pytest.fixture(scope="package")
def studio() -> Iterator[Studio]:
    with open_browser_studio() as studio:
        yield studio


@pytest.fixture(scope="package")
def playwright() -> Iterator[PlaywrightDriver]:
    with open_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def site() -> Iterator[Pages]:
    install_packages()
    with serve_pages(OracleHandler) as pages:
        yield pages
