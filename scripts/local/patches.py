"""What ministack 1.5.33 does differently from AWS and the guarantees depend on; each patch alone, with its reason."""

import threading
import time
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from types import ModuleType
from typing import Any

from ministack.services import dynamodb, ecs, stepfunctions

PATCHED_VERSION = "1.5.33"
TABLE_WRITES = ("_put_item", "_update_item", "_delete_item", "_batch_write_item", "_transact_write_items")


class PatchError(Exception):
    """The emulator is not the one that the patches were written for."""


def apply_all() -> None:
    """Apply every patch to the emulator in this process, once, before it serves."""
    if version("ministack") != PATCHED_VERSION:
        raise PatchError(f"written for ministack {PATCHED_VERSION}, found {version('ministack')}: run make setup")
    serialize_table_writes()
    give_each_attempt_its_own_token()
    honour_heartbeat_seconds()
    let_the_launcher_report_exits()


def serialize_table_writes() -> None:
    """A conditional write is check-then-set without a lock, so that two claims can both win; one lock around writes."""
    lock = threading.RLock()
    for name in TABLE_WRITES:
        _replace(dynamodb, name, lambda original: _locked(lock, original))


def _locked(lock: "threading.RLock", original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def write(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return original(*args, **kwargs)

    return write


def give_each_attempt_its_own_token() -> None:
    """A retried task is handed its first token again, so that a late answer to the old attempt ends the new one."""

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def arguments(state: dict[str, Any], raw_input: Any, context: dict[str, Any], *rest: Any, **named: Any) -> Any:
            if ".waitForTaskToken" in state.get("Resource", ""):
                context["Task"] = {"Token": stepfunctions.new_uuid()}
            return original(state, raw_input, context, *rest, **named)

        return arguments

    _replace(stepfunctions, "_apply_jsonata_arguments", patched)


def honour_heartbeat_seconds() -> None:
    """HeartbeatSeconds is ignored, so that a task whose worker died waits for its whole TimeoutSeconds."""

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def invoke(resource: str, arguments: Any, token: str, state: dict[str, Any]) -> Any:
            if "HeartbeatSeconds" in state:
                watch = (token, float(state["HeartbeatSeconds"]))
                threading.Thread(target=_watch_heartbeat, args=watch, daemon=True).start()
            return original(resource, arguments, token, state)

        return invoke

    _replace(stepfunctions, "_invoke_with_callback", patched)


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


def let_the_launcher_report_exits() -> None:
    """SubmitTaskStateChange, by which an ECS agent reports, is a stub; the launcher is this cluster's agent."""
    _replace(ecs, "_submit_task_state_change", lambda _original: _stop_as_reported)


def _stop_as_reported(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data["cluster"])
    task = ecs._resolve_task(data["task"], cluster) if cluster else None
    if task is None:
        return ecs.error_response_json("InvalidParameterException", "The referenced task was not found.", 400)
    exit_code = data["containers"][0]["exitCode"]
    ecs._mark_task_stopped(task["taskArn"], task, data["reason"], "EssentialContainerExited", exit_code=exit_code)
    return ecs.json_response({"acknowledgment": "ACCEPT"})


def _replace(module: ModuleType, name: str, patch: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = getattr(module, name, None)
    if original is None:
        raise PatchError(f"{module.__name__}.{name} is gone: look at what ministack does now")
    setattr(module, name, patch(original))
    for table in vars(module).values():  # the services dispatch through dictionaries of their functions
        if isinstance(table, dict):
            for key, value in list(table.items()):
                if value is original:
                    table[key] = getattr(module, name)
