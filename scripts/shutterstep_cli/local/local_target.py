"""The local stack as the target of a command."""

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.stack_status import troubles
from shutterstep_cli.stack.target import Target
from shutterstep_cli.trouble import CommandError


def local_target() -> Target:
    """Returns the local stack. Raises CommandError when it is not up."""
    running = local_stack.find()
    if running is None:
        for trouble in troubles():
            raise CommandError(str(trouble))
        raise CommandError("The local stack is not up. Start it: shutterstep local up (or name one on AWS: --stack)")
    return Target(local_stack.session(), local_stack.STACK_NAME, running.endpoint_url)
