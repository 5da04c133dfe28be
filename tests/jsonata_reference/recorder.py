"""Records the states' cases from the executions of a running stack, for `shutterstep verify --states` and the tests.

`make records` runs the tests of the workflows with RECORD_STATES set; their stack hands its executions over at the end.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shutterstep_cli.verification
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verification.state_cases import (
    MACHINES,
    RECORDS,
    EvaluationError,
    StateCase,
    comparable,
    definition_of,
    outcome_of,
)
from shutterstep_cli.workflow.asl import RENDER_STATES, Definition
from tests.jsonata_reference.engines import emulator

FILE = Path(shutterstep_cli.verification.__file__).parent / RECORDS
MACHINE_OUTPUTS = dict(
    zip(MACHINES, ("StateMachineArn", "ReleaseStateMachineArn", "SweepStateMachineArn"), strict=True)
)


@dataclass
class Passage:
    """A state as the history shows it: `result` of its task, and the errors of attempts before it."""

    state: str
    input: dict[str, Any]
    entered_at: datetime
    result: dict[str, Any] | None = None
    errors: list[dict[str, str]] = field(default_factory=list)
    left: bool = False


class DoesNotFitError(Exception):
    """What the definition makes of a passage is not what the history shows."""


def record(target: Target) -> None:
    """Adds the cases of every execution of the stack to the file; one of each kind is kept."""
    cases = known_cases()
    for machine, output in MACHINE_OUTPUTS.items():
        pages = target.client("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=target.outputs[output]):
            for execution in page["executions"]:
                cases += cases_of(target, machine, execution["executionArn"])
    write(cases)


def known_cases() -> list[StateCase]:
    """Those in the file."""
    return [StateCase(**known) for known in json.loads(FILE.read_text("utf-8"))] if FILE.exists() else []


def write(cases: list[StateCase]) -> None:
    """Those of one kind once, in each mode that the state tells apart, and one for each catcher that none came to."""
    kept: dict[tuple[Any, ...], StateCase] = {}
    for case in cases:
        for mode in modes_of(case):
            in_mode = replace(case, mode=mode)
            with suppress(KeyError, EvaluationError):
                outcome = outcome_of(definition_of(case.machine, mode), in_mode, emulator)
                in_mode = replace(in_mode, expected=outcome.as_json())
                kept.setdefault(kind_of(in_mode), in_mode)
    for case in list(kept.values()):
        for made in made_errors(case):
            kept.setdefault(kind_of(made), made)
    reached = {(case.machine, case.mode, case.state) for case in kept.values()}
    for case in list(kept.values()):
        if case.error and (case.machine, case.mode, case.expected.get("next")) not in reached:
            after = following(case)
            kept.setdefault(kind_of(after), after)
    ordered = sorted(kept.values(), key=lambda case: json.dumps(kind_of(case)))
    lines = ",\n".join(json.dumps(asdict(case)) for case in ordered)
    FILE.write_text(f"[\n{lines}\n]\n", "utf-8")


def modes_of(case: StateCase) -> list[str]:
    """Both where the definition of the state differs between them, else one."""
    states = [definition_of(case.machine, mode)["States"].get(case.state) for mode in RENDER_STATES]
    return list(RENDER_STATES) if states[0] != states[1] else list(RENDER_STATES)[:1]


def kind_of(case: StateCase) -> tuple[Any, ...]:
    """Cases of one kind take the same way through the same expressions with fields of the same names."""
    error = case.error["Error"] if case.error else ""
    retried = case.context["State"]["RetryCount"] > 0
    fields = tuple(sorted(paths(case.input)))
    return case.machine, case.mode, case.state, error, case.expected.get("next", ""), retried, fields


def paths(value: Any, before: str = "") -> Iterator[str]:
    """The names of all fields of a document, dotted; metadata and headers of a request count as one."""
    if isinstance(value, dict) and not before.endswith("request"):
        for name, item in value.items():
            yield from paths(item, f"{before}.{name}")
    elif before.endswith(".status"):
        yield f"{before}={value}"
    else:
        yield before


def made_errors(case: StateCase) -> Iterator[StateCase]:
    """The case with an error for each catcher of its state instead of the result."""
    definition = definition_of(case.machine, case.mode)
    for catcher in definition["States"].get(case.state, {}).get("Catch", []):
        code = catcher["ErrorEquals"][0].replace("States.ALL", "States.TaskFailed")
        made = replace(case, result=None, error={"Error": code, "Cause": "made up: no execution came to this catcher"})
        if case.context["State"]["RetryCount"] == 0 and not case.error:
            yield replace(made, expected=outcome_of(definition, made, emulator).as_json())


def following(case: StateCase) -> StateCase:
    """The state after one that ended in an error, with what its catcher hands on."""
    state = case.expected["next"]
    context = {**case.context, "State": {**case.context["State"], "Name": state}}
    variables = case.variables | case.expected.get("assign", {})
    after = StateCase(case.machine, case.mode, state, case.expected["output"], context, variables)
    outcome = outcome_of(definition_of(case.machine, case.mode), after, emulator)
    return replace(after, expected=outcome.as_json())


def cases_of(target: Target, machine: str, arn: str) -> list[StateCase]:
    """The cases of one execution, in the mode whose definition it fits. Raises DoesNotFitError."""
    sfn = target.client("stepfunctions")
    execution = sfn.describe_execution(executionArn=arn)
    events = list(sfn.get_paginator("get_execution_history").paginate(executionArn=arn).search("events[]"))
    found = passages(events)
    misfits = []
    for mode in RENDER_STATES:
        try:
            return list(fitted(machine, mode, execution, found))
        except (DoesNotFitError, EvaluationError, KeyError) as error:
            misfits.append(f"{mode}: {error!r}")
    if execution["status"] == "RUNNING" or any(is_meddled(passage) for passage in found):
        return []
    raise DoesNotFitError(f"{arn}: {misfits}")


def is_meddled(passage: Passage) -> bool:
    """Whether an expression failed in it: a test handed the state what it cannot take."""
    return any(error["Error"] == "States.QueryEvaluationError" for error in passage.errors)


def passages(events: list[dict[str, Any]]) -> list[Passage]:
    """The states of a history in order."""
    found: list[Passage] = []
    for event in events:
        kind = event["type"]
        if kind.endswith("StateEntered"):
            details = event["stateEnteredEventDetails"]
            found.append(Passage(details["name"], json.loads(details["input"]), event["timestamp"]))
        elif kind == "TaskSucceeded":
            found[-1].result = json.loads(event["taskSucceededEventDetails"]["output"])
        elif kind == "TaskFailed":
            details = event["taskFailedEventDetails"]
            found[-1].errors.append({"Error": details["error"], "Cause": details.get("cause", "")})
        elif kind.endswith("StateExited"):
            found[-1].left = True
    return found


def fitted(machine: str, mode: str, execution: dict[str, Any], found: list[Passage]) -> Iterator[StateCase]:
    """Each passage as a case, checked against what came next. Raises DoesNotFitError."""
    definition, variables = definition_of(machine, mode), {}
    for place, passage in enumerate(found):
        later = found[place + 1] if place + 1 < len(found) else None
        if definition["States"][passage.state]["Type"] == "Task" and passage.result is None and not passage.errors:
            return  # the execution was stopped while it waited
        case = _case(machine, mode, execution, passage, dict(variables))
        outcome = outcome_of(definition, case, emulator)
        if later and (outcome.next, comparable(outcome.output)) != (later.state, comparable(later.input)):
            raise DoesNotFitError(f"{passage.state} leads to {outcome.next}, the execution went on to {later.state}")
        variables |= outcome.assign or {}
        yield replace(case, expected=outcome.as_json())


def _case(machine: str, mode: str, execution: dict[str, Any], passage: Passage, variables: dict[str, Any]) -> StateCase:
    failed = passage.result is None and bool(passage.errors)
    arn = execution["executionArn"]
    context = {
        "Execution": {
            "Id": arn,
            "Name": execution["name"],
            "StartTime": iso(execution["startDate"]),
            "Input": json.loads(execution["input"]),
        },
        "State": {
            "Name": passage.state,
            "EnteredTime": iso(passage.entered_at),
            "RetryCount": len(passage.errors) - failed,
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": execution["stateMachineArn"].rpartition(":")[2]},
        "Task": {"Token": "token-of-the-task"},
    }
    error = passage.errors[-1] if failed else None
    return StateCase(machine, mode, passage.state, passage.input, context, variables, passage.result, error)


def iso(moment: datetime) -> str:
    """As the context object writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main() -> None:
    """What today's definitions make of the recorded inputs, without a stack."""
    write(known_cases())


def definitions() -> dict[tuple[str, str], Definition]:
    """Both workflows in both modes."""
    return {(machine, mode): definition_of(machine, mode) for machine in MACHINES for mode in RENDER_STATES}


if __name__ == "__main__":
    main()
