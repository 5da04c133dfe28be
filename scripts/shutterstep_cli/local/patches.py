"""Patches for behaviour of ministack 1.5.33 that differs from AWS and breaks a guarantee, each with its reason."""

import contextvars
import json
import random
import threading
import time
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any

from ministack.services import dynamodb, ecs, stepfunctions

from shutterstep_cli.local.replace import PatchError, replace

PATCHED_VERSION = "1.5.33"
TABLE_WRITES = ("_put_item", "_update_item", "_delete_item", "_batch_write_item", "_transact_write_items")


class ExecutionEndedError(Exception):
    """The execution was stopped or ran out of time, so none of its states may start another task."""


def apply_all() -> None:
    """Applies every patch to the emulator in this process, once, before it serves."""
    if version("ministack") != PATCHED_VERSION:
        raise PatchError(f"written for ministack {PATCHED_VERSION}, found {version('ministack')}: run make setup")
    serialize_table_writes()
    give_each_attempt_its_own_token()
    honour_heartbeat_seconds()
    honour_retry_delays()
    keep_ended_executions_ended()
    honour_the_workflows_timeout()
    let_the_launcher_report_exits()


def serialize_table_writes() -> None:
    """Puts one lock around writes.

    The emulator's conditional write checks and then sets without a lock, so that two claims can both win.
    """
    lock = threading.RLock()
    for name in TABLE_WRITES:
        replace(dynamodb, name, lambda original: _locked(lock, original))


def _locked(lock: "threading.RLock", original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def write(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return original(*args, **kwargs)

    return write


def give_each_attempt_its_own_token() -> None:
    """Gives each attempt its own token.

    The emulator reuses the first token, so that a late answer would end the new attempt.
    """

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def arguments(state: dict[str, Any], raw_input: Any, context: dict[str, Any], *rest: Any, **named: Any) -> Any:
            if ".waitForTaskToken" in state.get("Resource", ""):
                context["Task"] = {"Token": stepfunctions.new_uuid()}
            return original(state, raw_input, context, *rest, **named)

        return arguments

    replace(stepfunctions, "_apply_jsonata_arguments", patched)


def honour_heartbeat_seconds() -> None:
    """Applies HeartbeatSeconds, which the emulator ignores: a dead worker's task would wait for TimeoutSeconds."""

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def invoke(resource: str, arguments: Any, token: str, state: dict[str, Any]) -> Any:
            if "HeartbeatSeconds" in state:
                watch = (token, float(state["HeartbeatSeconds"]))
                threading.Thread(target=_watch_heartbeat, args=watch, daemon=True).start()
            return original(resource, arguments, token, state)

        return invoke

    replace(stepfunctions, "_invoke_with_callback", patched)


def _watch_heartbeat(token: str, seconds: float) -> None:
    last, since = None, time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(min(0.2, seconds / 10))
        task = stepfunctions._task_tokens.get(token)
        if task is None and last is not None:
            return
        if task is not None and task["heartbeat"] != last:
            last, since = task["heartbeat"], time.monotonic()
    task = stepfunctions._task_tokens.get(token)
    if task is not None and not task["event"].is_set():
        task["error"] = {"Error": "States.HeartbeatTimeout", "Cause": f"no heartbeat for {seconds:g} s"}
        task["event"].set()


def honour_retry_delays() -> None:
    """Applies MaxDelaySeconds and JitterStrategy.

    Without them a late retry waits minutes, and all retry at the same time.
    """

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def find(retriers: list[dict[str, Any]], error: str, counts: dict[int, int]) -> Any:
            retrier, index = original(retriers, error, counts)
            if retrier is None:
                return retrier, index
            # The computed delay becomes the interval of a retrier without backoff.
            return {**retrier, "IntervalSeconds": _delay(retrier, counts.get(index, 0)), "BackoffRate": 1}, index

        return find

    replace(stepfunctions, "_find_matching_retrier", patched)


def _delay(retrier: dict[str, Any], retries: int) -> float:
    seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries
    seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
    return random.uniform(0, seconds) if retrier.get("JitterStrategy") == "FULL" else seconds  # noqa: S311


def keep_ended_executions_ended() -> None:
    """Keeps a stopped execution stopped.

    In the emulator its tokens stay valid, a late answer makes it FAILED, and a retry starts its task again.
    """
    tokens: dict[str, list[str]] = {}  # tokens of each running execution, by its ARN
    replace(stepfunctions, "_fail_execution", _only_while_running)
    replace(stepfunctions, "_add_event", _no_events_after_the_end)
    replace(stepfunctions, "_apply_jsonata_arguments", lambda original: _noting_tokens(tokens, original))
    replace(stepfunctions, "_emit_execution_status_event", lambda original: _ending_tokens(tokens, original))


def _only_while_running(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail


def _no_events_after_the_end(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def add(execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None) -> Any:
        # The status changes before the event that reports it, whose type begins with Execution.
        over = execution.get("status", "RUNNING") != "RUNNING" and not event_type.startswith("Execution")
        return None if over else original(execution, event_type, details)

    return add


def _noting_tokens(tokens: dict[str, list[str]], original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def arguments(state: dict[str, Any], raw_input: Any, context: dict[str, Any], *rest: Any, **named: Any) -> Any:
        execution = stepfunctions._executions.get(context.get("Execution", {}).get("Id"))
        if execution is not None and execution["status"] != "RUNNING":
            raise ExecutionEndedError(execution["executionArn"])
        result = original(state, raw_input, context, *rest, **named)
        if execution is not None and "Task" in context:
            tokens.setdefault(execution["executionArn"], []).append(context["Task"]["Token"])
        return result

    return arguments


def _ending_tokens(tokens: dict[str, list[str]], original: Callable[..., Any]) -> Callable[..., Any]:
    """Tells the workers of an execution that it has ended; every change of status passes here."""

    @wraps(original)
    def emit(execution: dict[str, Any]) -> None:
        if execution["status"] != "RUNNING":
            for token in tokens.pop(execution["executionArn"], []):
                _end_task(token, execution["status"])
        original(execution)

    return emit


def _end_task(token: str, status: str) -> None:
    task = stepfunctions._task_tokens.get(token)
    if task is not None:  # the thread that waits for this event removes the token
        task["error"] = {"Error": "Execution.Ended", "Cause": f"the execution is {status}"}
        task["event"].set()


def honour_the_workflows_timeout() -> None:
    """Applies the state machine's TimeoutSeconds, without which the status TIMED_OUT, on which leases rely, never
    comes.
    """

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def run(arn: str) -> None:
            timer = _timer(arn)
            try:
                original(arn)
            finally:
                timer.cancel()

        return run

    replace(stepfunctions, "_run_execution", patched)


def _timer(arn: str) -> threading.Timer:
    execution = stepfunctions._executions.get(arn) or {}
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {"definition": "{}"}
    seconds = json.loads(machine["definition"]).get("TimeoutSeconds", threading.TIMEOUT_MAX)
    # A new thread knows neither account nor region, which the emulator keeps in the context.
    timer = threading.Timer(seconds, contextvars.copy_context().run, (_time_out, execution))
    timer.daemon = True
    timer.start()
    return timer


def _time_out(execution: dict[str, Any]) -> None:
    if execution.get("status") != "RUNNING":
        return
    execution |= {"status": "TIMED_OUT", "stopDate": stepfunctions.now_iso()}
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    stepfunctions._emit_execution_status_event(execution)


def let_the_launcher_report_exits() -> None:
    """Implements SubmitTaskStateChange, a stub in the emulator: with it the launcher, as ECS agent, reports exits."""
    replace(ecs, "_submit_task_state_change", lambda _original: _stop_as_reported)


def _stop_as_reported(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data["cluster"])
    task = ecs._resolve_task(data["task"], cluster) if cluster else None
    if task is None:
        return ecs.error_response_json("InvalidParameterException", "The referenced task was not found.", 400)
    exit_code = data["containers"][0]["exitCode"]
    ecs._mark_task_stopped(task["taskArn"], task, data["reason"], "EssentialContainerExited", exit_code=exit_code)
    return ecs.json_response({"acknowledgment": "ACCEPT"})
