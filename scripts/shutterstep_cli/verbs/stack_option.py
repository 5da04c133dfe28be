"""The option --stack, which every verb that works on a stack has: a stack on AWS, or the local one without it."""

from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.target import Target, aws_target


def choose_target(stack_name: str | None) -> Target:
    """The stack of that name on AWS, or the local one. Raises CommandError when it is not there."""
    return local_target() if stack_name is None else aws_target(stack_name)
