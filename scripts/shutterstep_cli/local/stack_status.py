"""The state of the local stack: which of its processes have ended, and what starts them again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.agent_health import WORKER_SILENT_SECONDS, LauncherHealth, is_suspended, silent_seconds
from shutterstep_cli.local.own_processes import pid_in
from shutterstep_cli.stack.target import Target
from shutterstep_cli.trouble import CommandError

LOOK_EVERY_SECONDS = 5.0
UP = "shutterstep local up"
ANEW = "shutterstep local down; shutterstep local up"


@dataclass(frozen=True)
class Trouble:
    """What does not work, and the command that repairs it."""

    part: str
    what: str
    cure: str

    def as_json(self) -> dict[str, str]:
        """Returns `part`, `what`, `cure`."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.what}. Repair it: {self.cure}"


def troubles() -> list[Trouble]:
    """Returns the troubles of the stack that was started last; empty if it works, or if none was started."""
    known = local_stack.known()
    if known is None:
        return []
    if local_stack.find() is None:
        what = "The embedded AWS has ended; its items and pictures are lost"
        return [Trouble("emulator", what, UP)]
    found = _of_the_emulator(known)
    if known.launcher_pid is not None and not local_stack.launcher_runs(known):
        what = "The launcher of render tasks has ended, so nothing is rendered; messages wait in the queue"
        found.append(Trouble("launcher", what, UP))
    elif problem := LauncherHealth(local_stack.log_file("launcher").parent).problem():
        found.append(Trouble("launcher", f"The launcher of render tasks runs, but {problem}", ANEW))
    return found + list(_stuck_workers())


def _stuck_workers() -> Iterator[Trouble]:
    """Yields pool workers that run but do nothing; the launcher replaces those that were not suspended."""
    folder = local_stack.task_logs()
    for file in sorted(folder.glob("*.pid")):
        silent_for, pid = silent_seconds(folder, file.stem), pid_in(file)
        if silent_for is None or pid is None:
            continue
        if is_suspended(pid):
            yield Trouble("pool", f"Worker {file.stem} is suspended (SIGSTOP)", f"kill -CONT {pid}")
        elif silent_for > WORKER_SILENT_SECONDS:
            what = f"Worker {file.stem} has taken no job and finished no page for {silent_for:.0f} s"
            yield Trouble("pool", what, "shutterstep local redeploy")


def _of_the_emulator(stack: local_stack.LocalStack) -> list[Trouble]:
    try:
        cloudformation = local_stack.client("cloudformation", stack.endpoint_url)
        cloudformation.describe_stacks(StackName=local_stack.STACK_NAME)
    except (BotoCoreError, ClientError, local_stack.LocalStackError) as error:
        what = f"The embedded AWS runs but does not answer for the stack ({type(error).__name__})"
        return [Trouble("emulator", what, ANEW)]
    return []


def refuse_if_nothing_renders() -> None:
    """Raises CommandError for a local stack on which a message would wait for ever."""
    for trouble in troubles():
        if trouble.part != "pool":  # other workers may do it
            raise CommandError(str(trouble))


def watched(target: Target) -> Callable[[], None]:
    """Returns a function that a verb calls in each round while it waits for a stack to work.

    On the local stack it checks the processes every few seconds, and raises CommandError when one has ended, because
    the verb would wait in vain. On AWS it does nothing.
    """
    looked_at = time.monotonic()

    def check() -> None:
        nonlocal looked_at
        if target.endpoint_url is None or time.monotonic() - looked_at < LOOK_EVERY_SECONDS:
            return
        looked_at = time.monotonic()
        for trouble in troubles():
            if trouble.part != "pool":
                kept = ". Requests already sent continue then" if trouble.part == "launcher" else ""
                raise CommandError(f"{trouble}{kept}", 1)

    return check
