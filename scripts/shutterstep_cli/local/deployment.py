"""Deploys template.yaml itself to the embedded AWS: transforms it as SAM does, and gives it to CloudFormation."""

import copy
import hashlib
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from cfn_flip import load

from shutterstep_cli.local.packaging import LAYER, ROOT, STARTER, package

Template = dict[str, Any]

TEMPLATE = ROOT / "template.yaml"
ARTIFACTS = "shutterstep-artifacts"
# The properties that name a folder or a file; `sam deploy` replaces each by the address of the upload.
CODE = {
    "StarterFunction": "CodeUri",
    "SharedLayer": "ContentUri",
    "ScreenshotStateMachine": "DefinitionUri",
    "ReleaseStateMachine": "DefinitionUri",
    "SweepStateMachine": "DefinitionUri",
}

# With these values the conditions of everything that the emulator refuses are false.
LOCAL_PARAMETERS = {"AutoScaling": "DISABLED", "Alarms": "DISABLED"}

DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
# CloudFormation cannot update a stack in these states, only delete it.
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


class DeployError(Exception):
    """CloudFormation did not create or update the stack; the message names the resources and their reasons."""


def read_template(path: Path = TEMPLATE) -> Template:
    """Returns the template as plain data, with the short intrinsic functions written out."""
    return json.loads(json.dumps(load(path.read_text("utf-8"))[0]))


def transform(template: Template, places: dict[str, dict[str, str]]) -> Template:
    """Returns the CloudFormation template of a SAM template; `places` gives the {Bucket, Key} of each of CODE."""
    # Imported here, because only commands that deploy should wait for this slow import.
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    placed = copy.deepcopy(template)
    for resource, place in places.items():
        placed["Resources"][resource]["Properties"][CODE[resource]] = place
    # The translator asks boto3 for the region, but it calls no service.
    session = boto3.Session(region_name="us-east-1")
    return Translator({}, Parser(), boto_session=session).translate(placed, parameter_values={})


def deploy(clients: Any, stack_name: str, cache: Path, parameters: Mapping[str, str] | None = None) -> bool:
    """Creates or updates the stack; returns whether there was anything to do.

    `clients` makes a client by service name.
    """
    template = with_parameters(read_template(), {**LOCAL_PARAMETERS, **(parameters or {})})
    files = {
        "StarterFunction": package(STARTER, cache),
        "SharedLayer": package(LAYER, cache),
        "ScreenshotStateMachine": ROOT / "statemachine/screenshot.asl.json",
        "ReleaseStateMachine": ROOT / "statemachine/release.asl.json",
        "SweepStateMachine": ROOT / "statemachine/sweep.asl.json",
    }
    s3 = clients("s3")
    s3.create_bucket(Bucket=ARTIFACTS)
    places = {name: _upload(s3, path) for name, path in files.items()}
    body = json.dumps(with_numbers(transform(template, places)))
    # By reference, as `sam deploy` does: a template in the call itself may have at most 51,200 characters.
    place = _put(s3, body.encode(), "template.json")
    return _apply(clients("cloudformation"), stack_name, body, f"https://s3.amazonaws.com/{ARTIFACTS}/{place['Key']}")


def _upload(s3: Any, path: Path) -> dict[str, str]:
    return _put(s3, path.read_bytes(), path.name)


def _put(s3: Any, content: bytes, name: str) -> dict[str, str]:
    key = f"{hashlib.sha256(content).hexdigest()[:16]}/{name}"
    s3.put_object(Bucket=ARTIFACTS, Key=key, Body=content)
    return {"Bucket": ARTIFACTS, "Key": key}


def with_parameters(template: Template, values: Mapping[str, str]) -> Template:
    """Returns the template with these values as its parameters' defaults. Raises DeployError for an unknown name."""
    parameters = copy.deepcopy(template["Parameters"])
    for name, value in values.items():
        if name not in parameters:
            raise DeployError(f"template.yaml has no parameter {name}; it has {', '.join(sorted(parameters))}")
        parameters[name]["Default"] = _checked(name, value, parameters[name])
    return {**template, "Parameters": parameters}


def _checked(name: str, value: str, parameter: dict[str, Any]) -> str | int:
    """Returns the value after CloudFormation's own checks, which the emulator does not apply to defaults."""
    if value not in map(str, parameter.get("AllowedValues", [value])):
        raise DeployError(f"{name} is {value}; it must be one of {', '.join(map(str, parameter['AllowedValues']))}")
    if not re.fullmatch(parameter.get("AllowedPattern", ".*"), value, re.DOTALL):
        raise DeployError(f"{name} is {value}; it needs {parameter['ConstraintDescription']}")
    if parameter["Type"] != "Number":
        return value
    if not value.isdigit():
        raise DeployError(f"{name} is {value}, which is not a whole number")
    low, high = parameter.get("MinValue", 0), parameter.get("MaxValue", int(value))
    if not low <= int(value) <= high:
        raise DeployError(f"{name} is {value}; it must be {low} to {high}")
    return int(value)


def with_numbers(template: Template) -> Template:
    """Returns the template with Number parameters replaced by their defaults; the emulator would make texts of them."""
    numbers = {
        name: parameter["Default"]
        for name, parameter in template["Parameters"].items()
        if parameter["Type"] == "Number"
    }
    return {**template, "Resources": _replace_refs(template["Resources"], numbers)}


def _replace_refs(node: Any, numbers: dict[str, int]) -> Any:
    if isinstance(node, dict):
        if len(node) == 1 and node.get("Ref") in numbers:
            return numbers[node["Ref"]]
        return {name: _replace_refs(value, numbers) for name, value in node.items()}
    return [_replace_refs(value, numbers) for value in node] if isinstance(node, list) else node


def _apply(cloudformation: Any, stack_name: str, body: str, url: str) -> bool:
    digest = hashlib.sha256(body.encode()).hexdigest()
    arguments = {
        "StackName": stack_name,
        "TemplateURL": url,
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": "shutterstep:template", "Value": digest}],
    }
    deployed = _find(cloudformation, stack_name)
    if deployed is not None and deployed["StackStatus"] in NEVER_CREATED:
        cloudformation.delete_stack(StackName=stack_name)
        deployed = None
    if deployed is not None and _is_as_wanted(deployed, digest):
        return False
    change = cloudformation.create_stack if deployed is None else cloudformation.update_stack
    try:
        change(**arguments)
    except ClientError as error:
        raise DeployError(f"{stack_name}: {error}") from error
    _wait(cloudformation, stack_name)
    return True


def _is_as_wanted(deployed: dict[str, Any], digest: str) -> bool:
    """Whether a finished deployment has these tags; the tags of a failed one are there too."""
    tag = {"Key": "shutterstep:template", "Value": digest}
    return deployed["StackStatus"] in DONE and tag in deployed.get("Tags", [])


def _find(cloudformation: Any, stack_name: str) -> dict[str, Any] | None:
    stacks = cloudformation.describe_stacks()["Stacks"]
    return next((stack for stack in stacks if stack["StackName"] == stack_name), None)


def _wait(cloudformation: Any, stack_name: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
        if stack["StackStatus"] in DONE:
            return
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            raise DeployError(_reasons(cloudformation, stack_name, stack["StackStatus"]))
        time.sleep(0.05)
    raise DeployError(f"{stack_name}: not deployed after {seconds:.0f} s")


def _reasons(cloudformation: Any, stack_name: str, status: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "\n".join([f"{stack_name}: {status}", *failed])
