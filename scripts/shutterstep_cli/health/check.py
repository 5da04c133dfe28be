"""The result of a check, and the deployed stack that the checks look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from shutterstep_cli.stack.target import Target

Status = Literal["pass", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """`found` says what was found; `fix` says what to do about it, and is empty if all is well."""

    name: str
    status: Status
    found: str
    fix: str = ""


class DeployedStack:
    """A stack's parameters and resources, read once."""

    def __init__(self, target: Target) -> None:
        self.target = target

    @property
    def is_local(self) -> bool:
        """Whether this is the embedded AWS, which has no images, metrics or quotas."""
        return self.target.endpoint_url is not None

    @cached_property
    def description(self) -> dict[str, Any]:
        """Gives the stack as DescribeStacks shows it."""
        stacks = self.target.client("cloudformation").describe_stacks(StackName=self.target.stack_name)["Stacks"]
        return stacks[0]

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Returns the value of every parameter, by name."""
        return {item["ParameterKey"]: item["ParameterValue"] for item in self.description.get("Parameters", [])}

    @cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """Returns the type and the physical id of every resource, by logical name."""
        pages = self.target.client("cloudformation").get_paginator("list_stack_resources")
        found = pages.paginate(StackName=self.target.stack_name).search("StackResourceSummaries[]")
        return {item["LogicalResourceId"]: (item["ResourceType"], item.get("PhysicalResourceId", "")) for item in found}

    def physical(self, logical: str) -> str:
        """Returns the name or id that AWS gave to a resource. Raises KeyError for an unknown one."""
        return self.resources[logical][1]

    def of_type(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yields the logical and physical names of the resources of a type."""
        for logical, (its_kind, physical) in self.resources.items():
            if its_kind == kind:
                yield logical, physical

    def queue_attributes(self, output: str) -> dict[str, str]:
        """Returns the attributes of the queue whose URL is that output."""
        arguments = {"QueueUrl": self.target.outputs[output], "AttributeNames": ["All"]}
        return self.target.client("sqs").get_queue_attributes(**arguments)["Attributes"]
