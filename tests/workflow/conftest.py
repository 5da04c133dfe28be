"""The renderer of the workflow's tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from scripts.target import Target
from tests.workflow.fake_renderer import FakeRenderer


@pytest.fixture
def renderer(running_stack: Target, aws: Any) -> Iterator[FakeRenderer]:
    with FakeRenderer(aws.client("ecs"), aws.client("stepfunctions"), running_stack.outputs["ClusterName"]) as fake:
        yield fake
