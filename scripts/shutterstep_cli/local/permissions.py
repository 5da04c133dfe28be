"""Makes the emulator check the roles' policies, and records which role called what."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace as replace_fields
from functools import wraps
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services import ecr, lambda_svc, stepfunctions

from shutterstep_cli.local.replace import replace
from shutterstep_cli.local.task_containers import credentials_of


def count_loopback_as_tls() -> None:
    """Counts loopback as TLS. The emulator has no TLS, so that a bucket's policy would refuse every call."""
    replace(app, "pin_request_origin", lambda original: lambda source, _secure: original(source, True))


def know_whose_token_it_is() -> None:
    """Checks an answer to a task token against the state machine that waits for it.

    The emulator checks it against every resource.
    """
    machines: dict[
        str, str
    ] = {}  # by token; kept, because a late answer must get "nobody waits" and not "access denied"
    replace(stepfunctions, "_apply_jsonata_arguments", lambda original: _noting_machines(machines, original))

    def patched(original: Callable[..., str]) -> Callable[..., str]:
        @wraps(original)
        def resource(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
            token = json.loads(body or b"{}").get("taskToken") if service == "states" else None
            return machines.get(token or "") or original(service, method, path, headers, body, *rest)

        return resource

    replace(iam_actions, "extract_resource_arn", patched)


def _noting_machines(machines: dict[str, str], original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def arguments(state: dict[str, Any], raw_input: Any, context: dict[str, Any], *rest: Any, **named: Any) -> Any:
        result = original(state, raw_input, context, *rest, **named)
        execution = stepfunctions._executions.get(context.get("Execution", {}).get("Id"))
        if execution is not None and "Task" in context:
            machines[context["Task"]["Token"]] = execution["stateMachineArn"]
        return result

    return arguments


def record_calls(file: Path) -> None:
    """Records which role called what: one line of JSON for each new role, action, resource and answer."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    seen: set[str] = set()

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def enforce(
            access_key: str, action: str, service: str, region: str, resource_arn: str = "*", **rest: Any
        ) -> Any:
            denied = original(access_key, action, service, region, resource_arn=resource_arn, **rest)
            line = json.dumps(
                {"role": _role(access_key), "action": action, "resource": resource_arn, "allowed": denied is None}
            )
            if line not in seen:
                seen.add(line)
                with file.open("a", encoding="utf-8") as calls:
                    calls.write(f"{line}\n")
            return denied

        return enforce

    replace(iam_evaluator, "enforce", patched)


def _role(access_key: str) -> str:
    """Returns the name of the role of a session; empty for the operator, who is root here."""
    arn = getattr(iam_evaluator.resolve_principal(access_key or "", get_account_id()), "arn", "")
    return arn.split("/")[1] if ":assumed-role/" in arn else ""


def name_the_account_that_ecs_works_for() -> None:
    """Adds the account and resource for which ECS acts to calls of AssumeRole, because the roles' trust checks them.

    The launcher is this cluster's ECS, and the emulator's root.
    """

    def patched(original: Callable[..., bool]) -> Callable[..., bool]:
        @wraps(original)
        def allows(trust: Any, caller: str, context: iam_evaluator.EvalContext | None = None) -> bool:
            if context is not None and caller.endswith(":root"):
                account = context.principal_account
                source = f"arn:aws:ecs:{context.region}:{account}:task"
                known = {"aws:sourceaccount": account, "aws:sourcearn": source, **context.service_context}
                context = replace_fields(context, service_context=known)
            return original(trust, caller, context)

        return allows

    replace(iam_evaluator, "evaluate_trust_policy", patched)


def give_functions_random_credentials() -> None:
    """Gives functions random credentials. The emulator's are hashes of names, which anybody can compute."""
    made: dict[tuple[str, str], dict[str, str]] = {}

    def credentials(config: dict[str, Any]) -> dict[str, str]:
        function = config["FunctionArn"], config["Role"]
        if function not in made:
            session = credentials_of(config["Role"], config["FunctionName"])
            names = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY"}
            made[function] = {name: session[key] for key, name in (names | {"Token": "AWS_SESSION_TOKEN"}).items()}
        return made[function]

    for module in (lambda_runtime, lambda_svc):
        replace(module, "execution_credentials", lambda _original: credentials)


def let_the_registry_ask_for(password: str) -> None:
    """Makes GetAuthorizationToken return the password that the gate asks for; the emulator's is the same everywhere."""

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def token(data: Any) -> Any:
            status, headers, body = original(data)
            answer = json.loads(body)
            answer["authorizationData"][0]["authorizationToken"] = base64.b64encode(f"AWS:{password}".encode()).decode()
            return status, headers, json.dumps(answer).encode()

        return token

    replace(ecr, "_get_authorization_token", patched)
