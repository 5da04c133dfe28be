"""The pool's service can be made, replaced and enlarged: what ECS refuses only once a stack is on AWS."""

import json
import re
from typing import Any

import pytest

from tests.unit.cloudformation import resources, sample, source


def test_ecs_takes_each_tag_of_the_service() -> None:
    tags = sample(source()["Resources"]["PoolService"]["Properties"]["Tags"])
    assert [tag for tag in tags if not re.fullmatch(r"[\w .:/=+\-@]{1,256}", tag["Value"])] == []


@pytest.mark.parametrize(
    ("given", "possible"),
    [
        ({}, True),
        ({"PoolMaximumPercent": "100"}, False),
        ({"PoolMaximumPercent": "150", "PoolMinimumHealthyPercent": "50"}, False),
        ({"PoolMaximumPercent": "100", "PoolMinimumHealthyPercent": "0"}, True),
        ({"PoolMaximumPercent": "100", "PoolMinimumHealthyPercent": "50", "PoolMinimum": "2"}, True),
        ({"PoolMaximumPercent": "100", "PoolMinimum": "2"}, False),
    ],
)
def test_a_pool_that_no_deployment_could_replace_is_refused(given: dict[str, str], possible: bool) -> None:
    (assertion,) = source()["Rules"]["PoolCanBeReplaced"]["Assertions"]
    assert holds(assertion["Assert"], {**given}) is possible


def holds(rule: Any, given: dict[str, str]) -> Any:
    """What a function of a rule gives for these parameters, and the defaults of the others."""
    if not isinstance(rule, dict):
        return rule
    ((name, argument),) = rule.items()
    if name == "Ref":
        return given.get(argument, str(source()["Parameters"][argument]["Default"]))
    parts = [holds(part, given) for part in argument]
    return {
        "Fn::Or": lambda: any(parts),
        "Fn::And": lambda: all(parts),
        "Fn::Not": lambda: not parts[0],
        "Fn::Equals": lambda: parts[0] == parts[1],
        "Fn::Contains": lambda: parts[1] in parts[0],
    }[name]()


def test_an_image_that_a_service_still_needs_does_not_expire_by_its_age() -> None:
    """ECS goes on with the digest of the deployment when the tag has moved to another image."""
    (repository,) = resources("AWS::ECR::Repository").values()
    rules = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    assert {rule["selection"]["countType"] for rule in rules} == {"imageCountMoreThan"}


def test_another_share_of_spot_replaces_the_workers_that_run() -> None:
    """ECS starts no deployment for another strategy alone."""
    service = source()["Resources"]["PoolService"]["Properties"]
    strategy = {provider["Weight"]["Fn::FindInMap"][1]["Ref"] for provider in service["CapacityProviderStrategy"]}
    assert strategy == {"PoolSpotPercent"}
    assert service["ForceNewDeployment"]["EnableForceNewDeployment"] is True
    assert "${PoolSpotPercent}" in service["ForceNewDeployment"]["ForceNewDeploymentNonce"]["Fn::Sub"]


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("VpcId", ["", "vpc-0a1b2c3d4e5f60718"], ["default", "vpc-0a1b ", "arn:aws:ec2:x"]),
        (
            "SubnetIds",
            ["", "subnet-0a1b", "subnet-0a1b,subnet-0c2d"],
            ["subnet-0a1b, subnet-0c2d", "subnet-0a1b,", "a"],
        ),
        ("TaskMemory", ["2048", "16384"], ["2 GB", "2", "2048.5", ""]),
    ],
)
def test_a_parameter_that_no_task_could_start_with_is_refused_at_once(
    parameter: str, good: list[str], bad: list[str]
) -> None:
    pattern = source()["Parameters"][parameter]["AllowedPattern"]
    assert [value for value in good if not re.fullmatch(pattern, value)] == []
    assert [value for value in bad if re.fullmatch(pattern, value)] == []
