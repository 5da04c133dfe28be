"""Checks the workflow: its limits, stuck ids, how long pictures take, and the rules that give claims back."""

import json
from collections.abc import Iterator

from shutterstep_cli.health.check import Check, DeployedStack
from shutterstep_cli.stack.items import is_stuck, unfinished

SAMPLED = 100
ON_TASK_SECONDS = 480


def checks(stack: DeployedStack) -> Iterator[Check]:
    """Yields the checks of the workflow."""
    yield deployed(stack)
    yield limits(stack)
    yield render_time(stack)
    yield stuck(stack)
    yield from rules(stack)


def deployed(stack: DeployedStack) -> Check:
    """Checks that CloudFormation has finished with the stack."""
    status = stack.description["StackStatus"]
    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        return Check("deployment", "pass", status)
    if status.endswith("_IN_PROGRESS"):
        return Check("deployment", "warn", status, "wait until it is done, then run doctor again")
    return Check("deployment", "fail", status, "see the stack's events, then deploy again")


def limits(stack: DeployedStack) -> Check:
    """Checks that a state can fail with its own error before the execution's time is up.

    The emulator cuts an execution off instead.
    """
    execution = int(stack.parameters["ExecutionTimeoutSeconds"])
    pool = stack.parameters["RenderMode"] == "pool"
    render = int(stack.parameters["PoolTimeoutSeconds"]) if pool else ON_TASK_SECONDS
    found = f"a render has {render} s, an execution {execution} s"
    if render < execution:
        return Check("time limits", "pass", found)
    return Check("time limits", "fail", found, f"deploy with ExecutionTimeoutSeconds={render + 300} or more")


def render_time(stack: DeployedStack) -> Check:
    """Compares the 99th percentile of the newest pictures with the time that jobs stay hidden without an extension."""
    times = sorted(_render_times(stack))
    if not times:
        return Check("render time", "warn", "no picture yet to measure", "capture a page, then run doctor again")
    p99 = times[max(0, -(-len(times) * 99 // 100) - 1)] / 1000
    found = f"p99 {p99:.1f} s of the last {len(times)} pictures"
    if stack.parameters["RenderMode"] != "pool":
        return Check("render time", "pass", found)
    hidden = int(stack.parameters["PoolVisibilityTimeout"])
    found += f"; RenderQueue hides a job for {hidden} s"
    if p99 < hidden:
        return Check("render time", "pass", found)
    fix = f"deploy with PoolVisibilityTimeout={round(2 * p99)}: now most jobs depend on their worker extending it"
    return Check("render time", "warn", found, fix)


def _render_times(stack: DeployedStack) -> Iterator[float]:
    sfn = stack.target.client("stepfunctions")
    arguments = {"stateMachineArn": stack.target.outputs["StateMachineArn"], "statusFilter": "SUCCEEDED"}
    for execution in sfn.list_executions(**arguments, maxResults=SAMPLED)["executions"]:
        described = sfn.describe_execution(executionArn=execution["executionArn"])
        output = json.loads(described.get("output") or "{}")
        if "render_ms" in output:
            yield output["render_ms"]


def stuck(stack: DeployedStack) -> Check:
    """Checks for items whose owner's lease has expired."""
    count = sum(map(is_stuck, unfinished(stack.target)))
    if count == 0:
        return Check("stuck ids", "pass", "none: no lease has expired")
    fix = "see them with shutterstep query --stuck; the next message for an id takes it over"
    return Check("stuck ids", "warn", f"{count} ids have an owner whose lease has expired", fix)


def rules(stack: DeployedStack) -> Iterator[Check]:
    """Yields a check for each rule that notices executions and tasks that end outside the workflow."""
    events = stack.target.client("events")
    for logical, physical in stack.of_type("AWS::Events::Rule"):
        state = events.describe_rule(Name=physical.rpartition("/")[2])["State"]
        if state == "ENABLED":
            yield Check(logical, "pass", "enabled")
        else:
            yield Check(logical, "fail", state.lower(), f"aws events enable-rule --name {physical}")
