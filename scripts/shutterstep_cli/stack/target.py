"""Where a command works: the local stack, or a CloudFormation stack on AWS; its outputs name every resource."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# A command may be one of many at the same AWS account; adaptive mode slows down instead of failing.
_CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5)


@dataclass(frozen=True)
class Target:
    """A deployed stack: a boto3 session, and the endpoint where it is not AWS's own."""

    session: Any
    stack_name: str
    endpoint_url: str | None = None

    def client(self, service: str) -> Any:
        """A client of a service of this target; the same one each time."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, endpoint_url=self.endpoint_url, config=_CONFIG)
        return self._clients[service]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack by name; see the end of template.yaml."""
        found = self.client("cloudformation").describe_stacks(StackName=self.stack_name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def aws_target(stack_name: str) -> Target:
    """A stack on AWS, by the credentials and the region of the environment."""
    # boto3 alone reads only AWS_DEFAULT_REGION; the AWS CLI reads both.
    target = Target(boto3.Session(region_name=os.environ.get("AWS_REGION")), stack_name)
    try:
        _ = target.outputs
    except (BotoCoreError, ClientError) as error:
        raise end(f"Stack {stack_name} cannot be read: {error}\nCheck AWS_PROFILE and AWS_REGION.") from error
    return target


def end(message: str) -> typer.Exit:
    """Say why the command cannot begin; the caller raises what this returns, exit code 2."""
    typer.secho(message, fg="red", err=True)
    return typer.Exit(2)
