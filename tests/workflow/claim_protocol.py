"""The workflows' own writes to the table, one by one: the definitions' Arguments, evaluated as deployed."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jsonata

from shutterstep.ids import unfinished_shard
from shutterstep_cli.local.deployment import ROOT
from shutterstep_cli.workflow.asl import read_definition

TIMEOUT_SECONDS = 1800
INPUT = {"url": "https://example.com", "request_hash": "same", "reuse": "success", "expires_in_days": 30}
RESULT = {
    "s3_bucket": "bucket",
    "content_type": "image/png",
    "bytes": 1,
    "width": 1,
    "height": 1,
    "sha256": "00",
    "final_url": "https://example.com",
    "http_status": 200,
    "title": "",
    "render_ms": 1,
}

State = dict[str, Any]


def states_of(table: str) -> dict[str, State]:
    """The states that write to the table, of both workflows, with the names of a deployment put in."""
    seconds = dict.fromkeys(("ExecutionTimeoutSeconds", "PoolTimeoutSeconds"), str(TIMEOUT_SECONDS))
    names = {"TableName": table, **seconds}
    found: dict[str, State] = {}
    for file in ("screenshot.asl.json", "release.asl.json"):
        definition = read_definition(ROOT / "statemachine" / file, names)
        found |= definition["States"]
    sweep = read_definition(ROOT / "statemachine/sweep.asl.json", names)["States"]["GiveClaimBack"]
    return {name: found[name] for name in ("Claim", "MarkSuccess", "MarkFailed", "GiveClaimBack")} | {"Sweep": sweep}


class ClaimProtocol:
    """The writes of executions to the item of one id; each returns whether its condition held."""

    def __init__(self, dynamodb: Any, table: str, states: dict[str, State], id_: str) -> None:
        self.dynamodb, self.table, self.states, self.id = dynamodb, table, states, id_

    def claim(self, execution: str, now_ms: int) -> bool:
        """The Claim of an execution of this name, entered at `now_ms` (epoch milliseconds)."""
        request = {**INPUT, "id": self.id, "unfinished_shard": unfinished_shard(self.id)}
        return self._write("Claim", execution, now_ms, request)

    def mark_success(self, execution: str, now_ms: int) -> bool:
        """The finish of an execution, with a picture of its own."""
        result = {**RESULT, "s3_key": f"shots/{self.id}/{execution}-0.png"}
        return self._write("MarkSuccess", execution, now_ms, {"id": self.id, "result": result})

    def mark_failed(self, execution: str, now_ms: int) -> bool:
        """The failed end of an execution."""
        return self._write("MarkFailed", execution, now_ms, {"id": self.id})

    def release(self, execution: str, now_ms: int) -> bool:
        """The release of an execution that was stopped or timed out."""
        detail = {"name": execution, "status": "TIMED_OUT", "input": json.dumps({"id": self.id})}
        return self._write("GiveClaimBack", "release", now_ms, {"source": "aws.states", "detail": detail})

    def sweep(self, now_ms: int) -> bool:
        """The sweep's write for the claim that the item has now."""
        claim = self.item()["claim"]
        return self._write("Sweep", "sweep", now_ms, {}, {"expired": [{"id": {"S": self.id}, "claim": claim}]})

    def item(self) -> dict[str, Any]:
        """The item in DynamoDB's own form; empty when there is none."""
        key = {"id": {"S": self.id}}
        return self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item", {})

    def _write(
        self,
        state: str,
        execution: str,
        now_ms: int,
        state_input: dict[str, Any],
        assigned: dict[str, Any] | None = None,
    ) -> bool:
        moment = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        context = {"Execution": {"Name": execution, "Id": f"arn:{execution}"}, "State": {"EnteredTime": moment}}
        states = {"input": state_input, "context": context}
        arguments = evaluate(self.states[state]["Arguments"], states, assigned or {})
        try:
            self.dynamodb.update_item(**arguments)
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def evaluate(node: Any, states: dict[str, Any], assigned: dict[str, Any]) -> Any:
    """An Arguments block with its JSONata evaluated, as Step Functions does; `assigned` are its variables."""
    if isinstance(node, dict):
        return {name: evaluate(value, states, assigned) for name, value in node.items()}
    if isinstance(node, str) and node.startswith("{%"):
        expression = parsed(node[2:-2])
        frame = expression.create_frame()
        frame.bind("states", states)
        for name, value in {"error": {"Error": "Render.Timeout", "Cause": "a cause"}, **assigned}.items():
            frame.bind(name, value)
        return expression.evaluate(states, frame)
    return node


@cache
def parsed(text: str) -> Any:
    """An expression; $parse is Step Functions' own."""
    expression = jsonata.Jsonata(text)
    expression.register_lambda("parse", json.loads)
    return expression
