"""The stack without its launcher: the tests answer the task tokens themselves."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from shutterstep_cli.stack.target import Target
from tests.conftest import clients_of, stack_of_its_own
from tests.jsonata_reference.recorder import record
from tests.workflow.fake_renderer import FakeRenderer


@pytest.fixture(scope="package")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with stack_of_its_own(tmp_path_factory.mktemp("stack"), launcher=False) as target:
        yield target
        if os.environ.get("RECORD_STATES"):
            record(target)


@pytest.fixture(scope="package")
def aws(running_stack: Target) -> Iterator[Any]:
    with clients_of(running_stack) as clients:
        yield clients


@pytest.fixture
def renderer(running_stack: Target, aws: Any) -> Iterator[FakeRenderer]:
    with FakeRenderer(aws.client("ecs"), aws.client("stepfunctions"), running_stack.outputs["ClusterName"]) as fake:
        yield fake
