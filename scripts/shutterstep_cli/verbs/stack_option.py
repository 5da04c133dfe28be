"""The option --stack of every verb that works on a stack: a stack on AWS; without the option, the local one."""

from shutterstep_cli.local.local_target import local_target
from shutterstep_cli.stack.target import Target, aws_target


def choose_target(stack_name: str | None) -> Target:
    """Returns the stack of that name on AWS, or for None the local one. Raises CommandError when it does not exist."""
    return local_target() if stack_name is None else aws_target(stack_name)
