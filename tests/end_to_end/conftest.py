"""The whole stack, its launcher included: render tasks are real processes with Chromium, or containers of an image."""

import os
from collections.abc import Iterator

import pytest

from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.end_to_end.stack_studio import open_stack_studio
from tests.end_to_end.studio import Studio, open_browser_studio
from tests.pages.server import Pages, serve_pages

IMAGE = os.environ.get("SHUTTERSTEP_IMAGE", "")


@pytest.fixture(scope="package")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    parameters = {"ImageUri": IMAGE} if IMAGE else {}
    with stack_of_its_own(tmp_path_factory.mktemp("stack"), launcher=True, **parameters) as target:
        yield target


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Takes pictures with a browser of this machine, or with a container of the image in its own stack.

    Commands find the stack that began last, so that modules with `running_stack` go before those with this one.
    """
    home = tmp_path_factory.mktemp("studio")
    with open_stack_studio(home, IMAGE) if IMAGE else open_browser_studio() as studio:
        yield studio


@pytest.fixture(scope="package")
def pages() -> Iterator[Pages]:
    with serve_pages() as pages:
        yield pages
