"""Recorded cases of the workflows' states: the input of a state, and its outcome with any JSONata engine."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Any

from shutterstep_cli.checkout import root
from shutterstep_cli.workflow.asl import RENDER_STATES, Definition, read_definition

# The workflows in statemachine/ and their types.
MACHINES = {"screenshot": "STANDARD", "release": "STANDARD", "sweep": "EXPRESS"}
RECORDS = "state_records.json"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# Evaluates an expression with `$states` and the variables. Raises EvaluationError, also if there is no value.
Engine = Callable[[str, dict[str, Any]], Any]


class EvaluationError(Exception):
    """An expression failed or had no value, which ends an execution on AWS."""


@dataclass(frozen=True)
class StateCase:
    """A visit of a state. A task has a `result` or an `error` {Error, Cause}; `expected` is its StateOutcome.

    `mode` is the RenderMode of the definition in which it was recorded.
    """

    machine: str
    mode: str
    state: str
    input: dict[str, Any]
    context: dict[str, Any]
    variables: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None
    expected: dict[str, Any] = field(default_factory=dict)

    def name(self) -> str:
        """Returns a name for people."""
        how = self.error["Error"] if self.error else self.expected.get("next") or "end"
        return f"{self.machine}.{self.state}: {how}"


@dataclass
class StateOutcome:
    """What a state makes of its input; fields that its type does not have are None."""

    status: str = "SUCCEEDED"
    next: str | None = None
    arguments: Any = None
    output: Any = None
    assign: dict[str, Any] | None = None
    error: str | None = None
    cause: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Returns the fields that are not None."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def definition_of(machine: str, mode: str) -> Definition:
    """Returns a workflow of this checkout in a render mode. Seconds are 600, any other ${Name} becomes the name itself.

    Raises CheckoutError.
    """
    path = root() / f"statemachine/{machine}.asl.json"
    names = set(re.findall(r"\$\{(\w+)\}", path.read_text("utf-8")))
    samples = {name: "600" if name.endswith("Seconds") else name for name in names}
    return read_definition(path, samples | {"RenderMode": mode, "RenderState": RENDER_STATES[mode]})


def recorded_cases() -> list[StateCase]:
    """Returns the cases that were recorded on the local stack."""
    text = files("shutterstep_cli.verification").joinpath(RECORDS).read_text("utf-8")
    return [StateCase(**record) for record in json.loads(text)]


def outcome_of(definition: Definition, case: StateCase, engine: Engine) -> StateOutcome:
    """Returns what the state makes of the case. Raises EvaluationError."""
    state = definition["States"][case.state]
    kinds = {"Task": _task, "Choice": _choice, "Fail": _fail}
    return kinds.get(state["Type"], _passing)(state, case, engine)


def _task(state: dict[str, Any], case: StateCase, engine: Engine) -> StateOutcome:
    arguments = fill(state["Arguments"], bindings(case), engine)
    if case.error is None:
        known = bindings(case, result=case.result)
        outcome = _leave(state, known, case.result, engine)
    else:
        catcher = catcher_of(state, case.error["Error"])
        if catcher is None:
            return StateOutcome("FAILED", arguments=arguments, error=case.error["Error"], cause=case.error["Cause"])
        outcome = _leave(catcher, bindings(case, errorOutput=case.error), case.error, engine)
        outcome.status = "CAUGHT_ERROR"
    outcome.arguments = arguments
    return outcome


def _choice(state: dict[str, Any], case: StateCase, engine: Engine) -> StateOutcome:
    known = bindings(case)
    for rule in state["Choices"]:
        if fill(rule["Condition"], known, engine) is True:
            return _leave(rule, known, case.input, engine)
    return StateOutcome(next=state["Default"], output=case.input)


def _fail(state: dict[str, Any], case: StateCase, engine: Engine) -> StateOutcome:
    known = bindings(case)
    error, cause = (fill(state.get(name, ""), known, engine) for name in ("Error", "Cause"))
    return StateOutcome("FAILED", error=error, cause=cause)


def _passing(state: dict[str, Any], case: StateCase, engine: Engine) -> StateOutcome:
    return _leave(state, bindings(case), case.input, engine)


def _leave(part: dict[str, Any], known: dict[str, Any], default: Any, engine: Engine) -> StateOutcome:
    """Returns the Output, Assign and Next of a state, of a choice's rule or of a catcher."""
    output = fill(part["Output"], known, engine) if "Output" in part else default
    assign = fill(part["Assign"], known, engine) if "Assign" in part else None
    return StateOutcome(next=part.get("Next"), output=output, assign=assign)


def bindings(case: StateCase, **more: Any) -> dict[str, Any]:
    """Returns `states` with input and context, and `result` or `errorOutput` if known, and the variables."""
    return {**case.variables, "states": {"input": case.input, "context": case.context, **more}}


def fill(template: Any, known: dict[str, Any], engine: Engine) -> Any:
    """Returns the template with each expression evaluated."""
    if isinstance(template, str):
        return engine(template[2:-2].strip(), known) if is_expression(template) else template
    if isinstance(template, dict):
        return {name: fill(value, known, engine) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, known, engine) for value in template]
    return template


def is_expression(text: str) -> bool:
    """Whether a text of a definition is an expression, `{% … %}`."""
    return text.startswith("{%") and text.endswith("%}")


def catcher_of(state: dict[str, Any], error: str) -> dict[str, Any] | None:
    """Returns the first catcher that matches the error, or None."""
    return next((one for one in state.get("Catch", []) if {error, "States.ALL"} & set(one["ErrorEquals"])), None)


def retrier_of(state: dict[str, Any], error: str) -> dict[str, Any] | None:
    """Returns the first retrier that matches the error, or None."""
    return next((one for one in state.get("Retry", []) if {error, "States.ALL"} & set(one["ErrorEquals"])), None)


def comparable(value: Any) -> Any:
    """Returns the value without UUIDs, which differ between runs, and with one type of number."""
    if isinstance(value, str):
        return UUID.sub("<uuid>", value)
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


def differences(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """Yields the fields in which two outcomes differ, in words."""
    for name in sorted(expected.keys() | found.keys()):
        one, other = comparable(expected.get(name)), comparable(found.get(name))
        if one != other:
            yield f"{name}: {_short(other)} instead of {_short(one)}"


def _short(value: Any) -> str:
    return json.dumps(value, sort_keys=True)[:300]
