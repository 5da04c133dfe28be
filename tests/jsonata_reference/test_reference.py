"""Every expression of the workflows gives with the reference implementation what it gave on the embedded AWS."""

import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from shutterstep_cli.verification.state_cases import (
    Engine,
    EvaluationError,
    StateCase,
    bindings,
    definition_of,
    differences,
    is_expression,
    outcome_of,
    recorded_cases,
)
from tests.jsonata_reference.engines import emulator, install, reference
from tests.jsonata_reference.recorder import definitions
from tests.unit.test_state_machine import strings

CASES = recorded_cases()
ADDED = [
    ("$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]),
    ("$partition([1,2,3], 2.9)", [[1, 2], [3]]),
    ("$range(0, 10, 2)", [0, 2, 4, 6, 8, 10]),
    ("$range(5, 1, -2)", [5, 3, 1]),
    ("$hash('text', 'SHA-256')", "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"),
    ("$hash('text', 'MD5')", "1cb251ec0d568de6a929b520c4aed8d1"),
    ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
]
FAILING = [
    "$states.input.nothing",
    "$nothing",
    "$undefined($states.input)",
    "$parse('{')",
    "$hash('text', 'SHA-3')",
    "$partition([1], 0)",
    "$range(1, 2, 0)",
    "$toMillis('yesterday')",
    "1 + 'a'",
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    try:
        install()
    except subprocess.CalledProcessError:
        if os.environ.get("CI"):
            raise
        pytest.skip("the reference implementation cannot be installed: npm does not reach its registry")
    with reference() as evaluate:
        yield evaluate


@pytest.fixture(params=["reference", "emulator"])
def either(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    return engine if request.param == "reference" else emulator


def known(input_: Any = None) -> dict[str, Any]:
    return {"states": {"input": input_ or {}, "context": {}}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.mode}-{case.name()}")
def test_a_recorded_state_gives_the_same_with_both_engines(case: StateCase, either: Engine) -> None:
    outcome = outcome_of(definition_of(case.machine, case.mode), case, either)
    assert list(differences(case.expected, outcome.as_json())) == []


def test_every_state_has_a_case() -> None:
    states = {(machine, name) for (machine, _), one in definitions().items() for name in one["States"]}
    assert states - {(case.machine, case.state) for case in CASES} == set(), "run: make records"


def test_every_expression_is_evaluated_by_some_case() -> None:
    written = {text[2:-2].strip() for one in definitions().values() for text in strings(one) if is_expression(text)}
    evaluated: set[str] = set()

    def noting(expression: str, bound: dict[str, Any]) -> Any:
        evaluated.add(expression)
        return emulator(expression, bound)

    for case in CASES:
        outcome_of(definition_of(case.machine, case.mode), case, noting)
    assert written - evaluated == set(), "run: make records"


def test_a_record_that_differs_is_seen(engine: Engine) -> None:
    case = next(case for case in CASES if case.state == "Claim" and case.error is None)
    changed = {**case.input, "id": "another"}
    outcome = outcome_of(definition_of(case.machine, case.mode), StateCase(**{**vars(case), "input": changed}), engine)
    assert {line.partition(":")[0] for line in differences(case.expected, outcome.as_json())} >= {"arguments", "output"}


def test_a_field_that_an_input_lacks_is_an_error_with_both_engines(either: Engine) -> None:
    case = next(case for case in CASES if case.state == "Claim" and case.error is None)
    changed = {name: value for name, value in case.input.items() if name != "id"}
    with pytest.raises(EvaluationError):
        outcome_of(definition_of(case.machine, case.mode), StateCase(**{**vars(case), "input": changed}), either)


@pytest.mark.parametrize(("expression", "value"), ADDED, ids=[expression for expression, _ in ADDED])
def test_a_function_that_step_functions_adds(expression: str, value: Any, either: Engine) -> None:
    assert either(expression, known()) == value


def test_a_uuid_is_of_version_4_and_each_another(either: Engine) -> None:
    first, second = (either("$uuid()", known()) for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)
    assert first != second


def test_a_random_number_is_from_0_to_1_and_the_same_for_one_seed(either: Engine) -> None:
    assert 0 <= either("$random()", known()) < 1
    assert either("$random(7)", known()) == either("$random(7)", known()) != either("$random(8)", known())


@pytest.mark.parametrize("expression", FAILING)
def test_what_fails_or_gives_nothing_is_an_error(expression: str, either: Engine) -> None:
    with pytest.raises(EvaluationError):
        either(expression, known())


def test_null_is_a_value(either: Engine) -> None:
    assert either("$states.input.empty", known({"empty": None})) is None


def test_variables_and_the_result_are_bound(either: Engine) -> None:
    case = StateCase("screenshot", "task", "any", {}, {}, variables={"error": {"Error": "E"}})
    assert either("$error.Error & $states.result.text", bindings(case, result={"text": "!"})) == "E!"
