"""Where a command works: the local stack, or a CloudFormation stack on AWS, whose outputs name every resource."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.trouble import UNSET, CommandError, does_not_exist, is_loopback, loopback_variables

# Many commands may use one AWS account at the same time; adaptive mode slows down instead of failing.
_CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5)
_NO_PROXY = Config(proxies={})  # the local stack is on this machine, whatever HTTP_PROXY says
# For this project's tests, and for engines that emulate AWS on this machine: `--stack` may lead to loopback.
LOOPBACK_ALLOWED = "SHUTTERSTEP_LOOPBACK_IS_AWS"


class Outputs(dict[str, str]):
    """The outputs of a stack by name. If one is missing, the deployment of the stack is not complete."""

    def __init__(self, stack: dict[str, Any]) -> None:
        super().__init__({output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])})
        self.stack_name, self.status = stack["StackName"], stack["StackStatus"]

    def __missing__(self, name: str) -> str:
        raise CommandError(
            f"Stack {self.stack_name} has no output {name}: it is {self.status}, or not a stack of template.yaml. "
            "Deploy it: shutterstep deploy (on AWS), shutterstep local up (here)"
        )


@dataclass(frozen=True)
class Target:
    """A deployed stack: a boto3 session, and the endpoint where it is not AWS's own."""

    session: Any
    stack_name: str
    endpoint_url: str | None = None

    def client(self, service: str) -> Any:
        """Returns the client of a service for this target, the same one each time.

        Raises CommandError when the environment or the profile leads an AWS client to this machine.
        """
        if service not in self._clients:
            config = _CONFIG if self.endpoint_url is None else _CONFIG.merge(_NO_PROXY)
            try:
                client = self.session.client(service, endpoint_url=self.endpoint_url, config=config)
            except BotoCoreError:
                raise  # some botocore errors are ValueErrors as well
            except ValueError as error:  # botocore raises it for an invalid endpoint
                raise CommandError(
                    f"{error}. Correct AWS_ENDPOINT_URL, or endpoint_url in the AWS configuration"
                ) from error
            if self.endpoint_url is None:
                refuse_loopback(client.meta.endpoint_url)
            self._clients[service] = client
        return self._clients[service]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    @cached_property
    def outputs(self) -> Outputs:
        """The outputs of the stack by name; see the end of template.yaml."""
        return Outputs(self.client("cloudformation").describe_stacks(StackName=self.stack_name)["Stacks"][0])


def aws_session() -> Any:
    """Returns a session with the environment's credentials.

    The region is AWS_REGION, AWS_DEFAULT_REGION or the profile's. Raises CommandError when a variable leads AWS clients
    to this machine.
    """
    for name in loopback_variables():
        refuse_loopback(os.environ[name])
    # boto3 itself reads only AWS_DEFAULT_REGION; the AWS CLI reads both.
    return boto3.Session(region_name=os.environ.get("AWS_REGION") or None)


def refuse_loopback(endpoint_url: str) -> None:
    """Raises CommandError for an address on this machine: `--stack` and `deploy` mean AWS."""
    if not is_loopback(endpoint_url) or os.environ.get(LOOPBACK_ALLOWED):
        return
    names = loopback_variables()
    where = f"{', '.join(names)} leads" if names else "endpoint_url in the AWS configuration leads"
    cure = f"If this shell ran `shutterstep local env`, undo that: {UNSET}" if names else "Remove it there."
    raise CommandError(f"This command works on AWS, but {where} to this machine ({endpoint_url}). {cure}")


def aws_target(stack_name: str) -> Target:
    """Returns a stack on AWS, with the environment's credentials and region.

    Raises CommandError if it does not exist.
    """
    target = Target(aws_session(), stack_name)
    try:
        _ = target.outputs
    except ClientError as error:
        if not does_not_exist(error):
            raise
        where = target.session.region_name
        raise CommandError(
            f"There is no stack {stack_name} in {where}. Check the name and AWS_REGION; list the stacks with: "
            "aws cloudformation list-stacks"
        ) from error
    return target
