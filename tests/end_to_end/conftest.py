"""The whole stack, its launcher included: render tasks are real processes with Chromium, or containers of an image."""

import os
from collections.abc import Iterator

import pytest

from scripts.target import Target
from tests.conftest import stack_of_its_own
from tests.end_to_end.studio import Studio, open_studio
from tests.pages.server import Pages, serve_pages


@pytest.fixture(scope="package")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    image = os.environ.get("SHUTTERSTEP_IMAGE")
    parameters = {"ImageUri": image} if image else {}
    with stack_of_its_own(tmp_path_factory.mktemp("stack"), launcher=True, **parameters) as target:
        yield target


@pytest.fixture(scope="package")
def studio() -> Iterator[Studio]:
    with open_studio() as studio:
        yield studio


@pytest.fixture(scope="package")
def pages() -> Iterator[Pages]:
    with serve_pages() as pages:
        yield pages
