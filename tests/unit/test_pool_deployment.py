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
