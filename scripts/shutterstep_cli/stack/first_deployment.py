"""Problems of the first deployment of a stack: an account without ECS's role, and a failed creation."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from shutterstep_cli.stack.target import Target
from shutterstep_cli.steps import Step
from shutterstep_cli.trouble import does_not_exist

ECS = "ecs.amazonaws.com"
ECS_ROLE = "AWSServiceRoleForECS"
# CloudFormation cannot update a stack in these states, only delete it. Nothing but its name is left of it.
UNDONE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def first_steps(target: Target, status: str | None) -> Iterator[Step]:
    """Yields the steps before the stack can be made; `status` is the stack's, None where there is no stack."""
    # The role comes first: it is usable everywhere only some seconds after it was made.
    yield Step(
        "make the service-linked role of ECS, once in an account",
        ("aws", "iam", "create-service-linked-role", "--aws-service-name", ECS),
        lambda: _has_role(target),
        act=lambda: _make_role(target),
    )
    if status in UNDONE:
        yield Step(
            f"delete the stack, whose first creation failed ({status})",
            ("aws", "cloudformation", "delete-stack", "--stack-name", target.stack_name),
            act=lambda: _delete(target),
        )


def _has_role(target: Target) -> bool:
    iam = target.client("iam")
    try:
        iam.get_role(RoleName=ECS_ROLE)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def _make_role(target: Target) -> None:
    iam = target.client("iam")
    try:
        iam.create_service_linked_role(AWSServiceName=ECS)
    except iam.exceptions.InvalidInputException as error:
        # Somebody else made it in the meantime.
        if "has been taken" not in error.response.get("Error", {}).get("Message", ""):
            raise


def _delete(target: Target) -> None:
    cloudformation = target.client("cloudformation")
    cloudformation.delete_stack(StackName=target.stack_name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=target.stack_name)


def parameter_of(target: Target, name: str) -> str | None:
    """Returns the deployed stack's value of a parameter; None if the stack or the parameter does not exist."""
    try:
        (stack,) = target.client("cloudformation").describe_stacks(StackName=target.stack_name)["Stacks"]
    except ClientError as error:
        if does_not_exist(error):
            return None
        raise
    values = {one["ParameterKey"]: one.get("ParameterValue") for one in stack.get("Parameters", [])}
    return values.get(name)
