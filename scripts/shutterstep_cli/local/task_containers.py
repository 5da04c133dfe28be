"""Patches for how the emulator starts an ECS task as a container, each with its reason."""

import hmac
import uuid
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from docker.types import Mount, Ulimit
from ministack.core.responses import get_region, json_response
from ministack.services import ecs, imds, sts

from shutterstep_cli.local.replace import replace
from shutterstep_cli.local.stack_ports import closed_ports

CREDENTIALS = "/v2/credentials/"
# Whose credentials a container gets, and the token it must show, by the last part of their path.
_roles: dict[str, tuple[str, str]] = {}


def leave_the_engine_alone() -> None:
    """Stops the emulator from starting a container for a task that the launcher starts as a process."""
    replace(ecs, "_get_docker", lambda _original: lambda: None)


def start_containers_as_defined() -> None:
    """Applies user, capabilities, read-only root, volumes and limits of a task definition.

    The emulator drops them, so that the container would run unrestricted. It also listens on loopback only, so its
    tasks share this machine's network.
    """

    def patched(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        @wraps(original)
        def arguments(container: dict[str, Any], task: dict[str, Any], *rest: Any) -> dict[str, Any]:
            env, ports, network, _host, *names = rest
            made = original(container, task, env, ports, network, True, *names)
            task, container = _camel(task), _camel(container)
            return made | hardening(container) | limits(task, container) | {"mounts": volumes(task, container)}

        return arguments

    replace(ecs, "_build_run_kwargs", patched)


def _camel(value: Any) -> Any:
    """Returns a definition with the API's spelling; CloudFormation spells some names differently."""
    if isinstance(value, dict):
        return {f"{name[:1].lower()}{name[1:]}": _camel(one) for name, one in value.items()}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def hardening(container: dict[str, Any]) -> dict[str, Any]:
    """Returns the engine's arguments for the restrictions in a container definition."""
    linux = container.get("linuxParameters", {})
    return {
        "user": container.get("user"),
        "read_only": container.get("readonlyRootFilesystem", False),
        "cap_drop": linux.get("capabilities", {}).get("drop", []),
        "init": linux.get("initProcessEnabled", False),
    }


def limits(task: dict[str, Any], container: dict[str, Any]) -> dict[str, Any]:
    """Returns the task's share of the machine; 1024 CPU units are one vCPU, memory is in MiB."""
    return {
        "mem_limit": int(task["memory"]) * 2**20,
        "memswap_limit": int(task["memory"]) * 2**20,
        "nano_cpus": int(task["cpu"]) * 10**9 // 1024,
        "ulimits": [
            Ulimit(name=one["name"], soft=one["softLimit"], hard=one["hardLimit"])
            for one in container.get("ulimits", [])
        ],
    }


def volumes(task: dict[str, Any], container: dict[str, Any]) -> list[Mount]:
    """Returns the mounts; a volume without a host path is an empty folder that ends with the task, as on Fargate."""
    empty = {volume["name"] for volume in task.get("volumes", []) if not volume.get("host")}
    return [
        Mount(point["containerPath"], source=None, type="volume", read_only=point.get("readOnly", False))
        for point in container.get("mountPoints", [])
        if point["sourceVolume"] in empty
    ]


def give_tasks_their_role(closed: Path) -> None:
    """Gives a container the credentials of its task's role, under a path and with a token of its own.

    The emulator gives none. This patch also tells the container which ports its pages may not reach: those of `closed`.
    """
    replace(ecs, "_register_metadata", lambda original: _with_role(original, closed))
    replace(imds, "handle_request", _answering_credentials)


def _with_role(original: Callable[..., str], folder: Path) -> Callable[..., str]:
    @wraps(original)
    def register(task_arn: str, cluster: str, task: dict[str, Any], *rest: Any) -> str:
        container, launch_type, env, *_network = rest
        token = original(task_arn, cluster, task, container, launch_type, env, True, None)
        path = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].rpartition("/")[2]
        _roles[path] = task["taskRoleArn"], env["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        env.update({"AWS_REGION": get_region(), "AWS_DEFAULT_REGION": get_region()})
        env["EGRESS_LOCAL_PAGES"] = "true"
        env["EGRESS_CLOSED_PORTS"] = ",".join(map(str, closed_ports(folder)))
        return token

    return register


def gives_credentials(path: str) -> bool:
    """Whether a container of this emulator gets its credentials at this path; it must show its token."""
    return path.startswith(CREDENTIALS) and path.removeprefix(CREDENTIALS) in _roles


def _answering_credentials(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def handle(method: str, path: str, headers: dict[str, str], *rest: Any) -> Any:
        role, token = _roles.get(path.removeprefix(CREDENTIALS), ("", ""))
        if not role:
            return await original(method, path, headers, *rest)
        if not hmac.compare_digest(headers.get("authorization", ""), token):
            return json_response({"message": "the authorization token is wrong"}, status=400)
        return json_response(credentials_of(role))

    return handle


def credentials_of(role: str, session_name: str = "task") -> dict[str, str]:
    """Returns a session of a role, given by its ARN, in the format in which containers receive it."""
    key, secret, token = f"ASIA{uuid.uuid4().hex[:16].upper()}", uuid.uuid4().hex, uuid.uuid4().hex
    account, name = role.split(":")[4], role.rpartition("/")[2]
    session = {"UserId": f"{name}:{session_name}", "SecretAccessKey": secret, "SessionToken": token}
    sts.register_session(key, {"Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}", **session})
    return {
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "Token": token,
        "Expiration": imds._future(6 * 3600),
        "RoleArn": role,
    }
