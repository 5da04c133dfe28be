"""`verify --states`: Step Functions itself validates both workflows and tests each state with the recorded cases.

It needs an account but no stack; neither call costs anything. The expected outcomes were recorded on the local stack,
so a difference is a fault of the embedded AWS or of this project.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from shutterstep_cli.verification.checklist import Tick, tick
from shutterstep_cli.verification.state_cases import (
    MACHINES,
    StateCase,
    definition_of,
    differences,
    recorded_cases,
    retrier_of,
)
from shutterstep_cli.workflow.asl import RENDER_STATES, Definition

# A task's answer through its token has no model. A service's answer may lack fields, but those present must fit.
TOKEN, MODELLED = "NONE", "PRESENT"


def state_ticks(sfn: Any, cases: Iterable[StateCase] | None = None) -> Iterator[Tick]:
    """Yields a tick for each workflow in each render mode, then one for each of its states."""
    for machine in MACHINES:
        for mode in RENDER_STATES:
            yield validated(sfn, machine, mode)
    by_state: dict[str, list[StateCase]] = defaultdict(list)
    for case in recorded_cases() if cases is None else cases:
        by_state[f"{case.machine}.{case.state}"].append(case)
    for name, group in sorted(by_state.items()):
        yield tried(sfn, name, group)


def validated(sfn: Any, machine: str, mode: str) -> Tick:
    """Checks that ValidateStateMachineDefinition finds no error; its warnings become evidence."""
    definition = json.dumps(definition_of(machine, mode))
    kind = MACHINES[machine]
    answer = sfn.validate_state_machine_definition(definition=definition, type=kind, severity="WARNING")
    errors = [_line(one) for one in answer["diagnostics"] if one["severity"] == "ERROR"]
    if answer["result"] != "OK" and not errors:
        errors = [f"the result is {answer['result']}"]
    warnings = [_line(one) for one in answer["diagnostics"] if one["severity"] != "ERROR"]
    return tick(f"{machine} is valid in mode {mode}", f"OK, {len(warnings)} warnings", errors, warnings)


def _line(diagnostic: dict[str, Any]) -> str:
    return f"{diagnostic['code']} at {diagnostic.get('location', '?')}: {diagnostic['message']}"


def tried(sfn: Any, name: str, cases: list[StateCase]) -> Tick:
    """Checks that TestState gives for each case what was recorded."""
    broken, evidence = [], []
    for case in cases:
        try:
            answer = sfn.test_state(**request_of(case))
        except ClientError as error:
            broken.append(f"{case.name()}: {error}")
            continue
        found = list(differences(awaited(case), outcome_in(answer)))
        broken += [f"{case.name()}: {difference}" for difference in found]
        evidence.append(f"{case.name()}: {'differs' if found else 'as recorded'}")
    return tick(name, f"{len(cases)} cases as recorded", broken, evidence)


def request_of(case: StateCase) -> dict[str, Any]:
    """Returns the arguments of TestState for a case."""
    definition = definition_of(case.machine, case.mode)
    state = definition["States"][case.state]
    request: dict[str, Any] = {
        "definition": json.dumps(definition),
        "stateName": case.state,
        "input": json.dumps(case.input),
        "inspectionLevel": "DEBUG",
        "variables": json.dumps(case.variables),
        "context": json.dumps(_context(case, state)),
    }
    if state["Type"] == "Task":
        request["mock"] = _mock(case, state)
        if retrier := retrier_of(state, case.error["Error"]) if case.error else None:
            # Without it TestState would answer that the state is retried.
            request["stateConfiguration"] = {"retrierRetryCount": retrier["MaxAttempts"]}
    return request


def _context(case: StateCase, state: dict[str, Any]) -> dict[str, Any]:
    """Returns the context of a case; only a task that waits for its token has one."""
    waits = state.get("Resource", "").endswith(".waitForTaskToken")
    return {name: value for name, value in case.context.items() if waits or name != "Task"}


def _mock(case: StateCase, state: Definition) -> dict[str, Any]:
    if case.error:
        return {"errorOutput": {"error": case.error["Error"], "cause": case.error["Cause"]}}
    waits = state["Resource"].endswith(".waitForTaskToken")
    return {"result": json.dumps(case.result), "fieldValidationMode": TOKEN if waits else MODELLED}


def awaited(case: StateCase) -> dict[str, Any]:
    """Returns the recorded outcome in the fields that TestState shows."""
    return {name: value for name, value in case.expected.items() if name != "assign"}


def outcome_in(answer: dict[str, Any]) -> dict[str, Any]:
    """Returns TestState's answer as the fields of a StateOutcome; error and cause only for a state that fails."""
    found: dict[str, Any] = {"status": answer["status"]}
    if "nextState" in answer:
        found["next"] = answer["nextState"]
    if "output" in answer:
        found["output"] = json.loads(answer["output"])
    if answer["status"] == "FAILED":
        found |= {name: answer.get(name, "") for name in ("error", "cause")}
    if arguments := answer.get("inspectionData", {}).get("afterArguments"):
        found["arguments"] = json.loads(arguments)
    return found
