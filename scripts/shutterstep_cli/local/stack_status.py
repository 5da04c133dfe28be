"""How the local stack is: which of its processes have ended, and what starts them again."""

from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.local import local_stack
from shutterstep_cli.trouble import CommandError

UP = "shutterstep local up"
ANEW = "shutterstep local down; shutterstep local up"


@dataclass(frozen=True)
class Trouble:
    """What does not work, and the command that mends it."""

    part: str
    what: str
    cure: str

    def as_json(self) -> dict[str, str]:
        """`part`, `what`, `cure`."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.what}. Mend it: {self.cure}"


def troubles() -> list[Trouble]:
    """Of the stack that was started last; empty when all of it works, or when none was started."""
    known = local_stack.known()
    if known is None:
        return []
    if local_stack.find() is None:
        what = "The embedded AWS has ended; what it held is lost"
        return [Trouble("emulator", what, UP)]
    found = _of_the_emulator(known)
    if known.launcher_pid is not None and not local_stack.launcher_runs(known):
        what = "The launcher of render tasks has ended, so nothing is rendered; messages wait in the queue"
        found.append(Trouble("launcher", what, UP))
    return found


def _of_the_emulator(stack: local_stack.LocalStack) -> list[Trouble]:
    try:
        cloudformation = local_stack.client("cloudformation", stack.endpoint_url)
        cloudformation.describe_stacks(StackName=local_stack.STACK_NAME)
    except (BotoCoreError, ClientError, local_stack.LocalStackError) as error:
        what = f"The embedded AWS runs and does not answer for the stack ({type(error).__name__})"
        return [Trouble("emulator", what, ANEW)]
    return []


def refuse_if_nothing_renders() -> None:
    """Raises CommandError for a local stack that would let a message wait for ever."""
    for trouble in troubles():
        raise CommandError(str(trouble))
