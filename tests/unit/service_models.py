"""Checks the integrations of a workflow with botocore's models: their arguments, and the errors they raise."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.loaders
import botocore.model
from botocore import xform_name

Path = list[str | int]

SERVICES = {"sfn": "stepfunctions"}
# What an optimised integration may raise beside the errors in the service's model.
ERRORS_OF_EVERY_SERVICE = {"SdkClientException", "ThrottlingException", "InternalServerError", "ServerException"}


def called(resource: str) -> tuple[str, str]:
    """The service and the operation of an integration, optimised or through the SDK."""
    service, action = resource.partition(":::")[2].removeprefix("aws-sdk:").split(".")[0].split(":")
    return SERVICES.get(service, service), action


@cache
def service_model(service: str) -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def operation(resource: str) -> botocore.model.OperationModel:
    service, action = called(resource)
    names = {xform_name(name): name for name in service_model(service).operation_names}
    return service_model(service).operation_model(names[xform_name(action)])


def misfits(value: Any, shape: Any, path: Path) -> Iterator[str]:
    """Yields what the service would refuse in an Arguments block; a JSONata expression may have any value."""
    if isinstance(value, str) and value.startswith("{%"):
        return
    match shape.type_name:
        case "structure":
            yield from structure_misfits(value, shape, path)
        case "list":
            for index, item in enumerate(value):
                yield from misfits(item, shape.member, [*path, index])
        case "map":
            for key, item in value.items():
                yield from misfits(item, shape.value, [*path, key])
        case kind if not isinstance(value, LEAVES[kind]):
            yield f"{path}: {value!r} is no {kind}"
        case "string" if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"


LEAVES = {
    "string": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": str,
}


def structure_misfits(value: Any, shape: Any, path: Path) -> Iterator[str]:
    members = {pascal(name): member for name, member in shape.members.items()}
    for name in (pascal(name) for name in shape.required_members):
        if name not in value:
            yield f"{path}: {name} is missing"
    for name, item in value.items():
        if name in members:
            yield from misfits(item, members[name], [*path, name])
        else:
            yield f"{path}: {name} is not a member of {shape.name}"


def pascal(name: str) -> str:
    """Step Functions writes every member's name with a capital."""
    return name[0].upper() + name[1:]


def errors_of(resource: str) -> set[str]:
    """`DynamoDB.X` from the optimised integration, `DynamoDb.X` from the SDK's."""
    service = called(resource)[0]
    optimised = {"dynamodb": "DynamoDB", "ecs": "ECS", "sqs": "SQS", "stepfunctions": "StepFunctions"}
    through_sdk = {
        "dynamodb": "DynamoDb",
        "ecs": "Ecs",
        "sqs": "Sqs",
        "stepfunctions": "Sfn",
        "cloudwatch": "CloudWatch",
    }
    prefix = (through_sdk if ":aws-sdk:" in resource else optimised)[service]
    modelled = {shape.name for shape in operation(resource).error_shapes}
    # The SDK for Java, which Step Functions calls by, ends the name of every error so.
    modelled |= {name if name.endswith("Exception") else f"{name}Exception" for name in modelled}
    own = {f"Amazon{prefix}Exception", f"{prefix}Exception"}
    # RunTask answers with what it could not place; the integration makes an error of it.
    refused = {"AmazonECS.Unknown"} if service == "ecs" else set()
    return {f"{prefix}.{name}" for name in modelled | own | ERRORS_OF_EVERY_SERVICE} | refused
