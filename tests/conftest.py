"""The running local stack, and tests' clients to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_localstack
from pytest_localstack import constants, service_checks
from pytest_localstack.session import RunningSession

from scripts.local import stack
from scripts.target import Target, local_target

SERVICES = ("cloudformation", "dynamodb", "ecs", "iam", "lambda", "s3", "sqs", "stepfunctions")

# pytest-localstack knows no ECS, and a service without a check would burn a minute.
constants.SERVICE_PORTS.setdefault("ecs", stack.DEFAULT_PORT)
service_checks.SERVICE_CHECKS.setdefault("ecs", service_checks.port_check("ecs"))


@pytest.fixture(scope="package")
def running_stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A stack of the tests' own; the packages are those of the everyday one, so that they are made only once."""
    home = tmp_path_factory.mktemp("stack")
    cache = stack.home() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHUTTERSTEP_HOME", str(home))
        try:
            stack.up(launcher=_needs_launcher(request))
            yield local_target()
        finally:
            stack.down()


def _needs_launcher(request: pytest.FixtureRequest) -> bool:
    """The workflow's tests answer the task tokens themselves."""
    return "workflow" not in Path(str(request.node.path)).parts


@pytest.fixture(scope="package")
def aws(running_stack: Target) -> Iterator[Any]:
    """`aws.client(service)`: boto3 clients to the running stack."""
    port = int((running_stack.endpoint_url or "").rpartition(":")[2])
    session = RunningSession("127.0.0.1", services=dict.fromkeys(SERVICES, port), region_name="us-east-1")
    assert pytest_localstack.plugin.manager is not None
    with session:
        yield session.boto3
