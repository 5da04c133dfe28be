"""`python -m tests.faults.run N --seed S`: the whole stack, real renderers and N messages, with injected faults."""

import json
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from shutterstep_cli.local.example_site import SITE, quiet_handler, serve
from tests.conftest import stack_of_its_own
from tests.faults.invariants import Evidence, Verdict, after_replay, before_replay
from tests.faults.schedule import FAULTS_OF, Schedule, draw
from tests.faults.stack import PARAMETERS, FaultyStack, left_in

LEFT = "no process and no folder is left"


@dataclass(frozen=True)
class Outcome:
    """The result of a run: the count of each fault, the verdicts before and after the replay, and their evidence."""

    seed: int
    digest: str
    messages: int
    struck: dict[str, int]
    before: list[Verdict]
    after: list[Verdict]
    mode: str = "task"
    evidence: tuple[Evidence, Evidence] | None = None

    @property
    def good(self) -> bool:
        return not any(verdict.broken for verdict in [*self.before, *self.after])


def run(schedule: Schedule, home: Path, say: Any) -> Outcome:
    """Sends the schedule to a stack in `home` with faults, then starts the site, replays, and checks again."""
    outcome = _suffer(schedule, home, say)
    left = wait_until_nothing_is_left(home)
    outcome.after.append(Verdict(LEFT, 1, tuple(left)))
    return outcome


def wait_until_nothing_is_left(home: Path, seconds: float = 20) -> list[str]:
    """What is left of a stack that went down, once processes that were killed have had time to go."""
    deadline = time.monotonic() + seconds
    while (left := left_in(home)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _suffer(schedule: Schedule, home: Path, say: Any) -> Outcome:
    with (
        stack_of_its_own(home, launcher=False, **PARAMETERS[schedule.mode]) as target,
        serve(SITE) as site,
        unanswered_port() as down,
        FaultyStack(target, schedule, home / "logs" / "tasks") as stack,
    ):
        say(f"sending {len(schedule.messages)} messages, schedule {schedule.digest()}")
        stack.send_all({"good": f"{site}/known.html", "failing": "http://no.invalid/", "down": f"{down.origin}/"})
        stack.wait_until_idle()
        say("nothing runs any more: looking, then replaying with the site up again")
        seen_before = stack.evidence()
        before = before_replay(schedule, seen_before)
        stack.proxy.calm = True
        with down.answered():
            stack.replay()
            stack.wait_until_idle()
            stack.proxy.send_late_answers()
            seen_after = stack.evidence()
        struck, after = dict(stack.proxy.struck), after_replay(schedule, seen_after)
        count, digest = len(schedule.messages), schedule.digest()
        return Outcome(schedule.seed, digest, count, struck, before, after, schedule.mode, (seen_before, seen_after))


class UnansweredPort:
    """A port of loopback that refuses connections until a site answers on it."""

    def __init__(self, bound: socket.socket) -> None:
        self._bound = bound
        self.origin = f"http://127.0.0.1:{bound.getsockname()[1]}"

    @contextmanager
    def answered(self) -> Iterator[None]:
        server = ThreadingHTTPServer(self._bound.getsockname(), quiet_handler(SITE), bind_and_activate=False)
        server.socket.close()
        server.socket = self._bound
        server.server_activate()
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


@contextmanager
def unanswered_port() -> Iterator[UnansweredPort]:
    """Gives a port that is bound, so that nobody else takes it, but on which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield UnansweredPort(bound)


def show(outcome: Outcome) -> None:
    """The faults and the invariants, with counts."""
    console = Console(highlight=False)
    faults = Table("fault", "struck", title=f"seed {outcome.seed}, schedule {outcome.digest}")
    for fault in FAULTS_OF[outcome.mode]:
        faults.add_row(fault, str(outcome.struck.get(fault, 0)))
    verdicts = Table("when", "invariant", "checked", "broken")
    for when, listed in (("before replay", outcome.before), ("after replay", outcome.after)):
        for verdict in listed:
            verdicts.add_row(when, verdict.invariant, str(verdict.checked), str(len(verdict.broken)))
    console.print(faults, verdicts)
    for verdict in [*outcome.before, *outcome.after]:
        if verdict.broken:
            typer.secho(f"{verdict.invariant}: {', '.join(verdict.broken[:10])}", fg="red", err=True)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """For scripts."""
    verdicts = [(when, verdict) for when in ("before", "after") for verdict in getattr(outcome, when)]
    return {
        "seed": outcome.seed,
        "mode": outcome.mode,
        "schedule": outcome.digest,
        "messages": outcome.messages,
        "struck": outcome.struck,
        "invariants": [
            {"when": when, "invariant": one.invariant, "checked": one.checked, "broken": list(one.broken)}
            for when, one in verdicts
        ],
    }


def main(
    messages: Annotated[int, typer.Argument(help="How many messages, duplicates included.", min=20)] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same schedule.")] = 1,
    mode: Annotated[Literal["task", "pool"], typer.Option(help="Where pictures are rendered.")] = "task",
    schedule_only: Annotated[bool, typer.Option("--schedule", help="Only print what would be done.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Inject faults into the running stack and check the invariants. Exit code 1 if one does not hold.

    Examples: python -m tests.faults.run 300 --seed 7
              python -m tests.faults.run 300 --mode pool
              python -m tests.faults.run 60 --schedule
    """
    schedule = draw(messages, seed, mode)
    if schedule_only:
        typer.echo(f"schedule {schedule.digest()}: {dict(Counter(message.page for message in schedule.messages))}")
        typer.echo("\n".join(f"{id_}: {fate}" for id_, fate in sorted(schedule.fates.items())))
        typer.echo(f"launcher killed before messages {list(schedule.launcher_kills)}")
        return
    with tempfile.TemporaryDirectory() as home:
        outcome = run(schedule, Path(home), lambda line: typer.echo(line, err=True))
    if json_output:
        typer.echo(json.dumps(as_json(outcome)))
    else:
        show(outcome)
    if not outcome.good:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
