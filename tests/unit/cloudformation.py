"""template.yaml as CloudFormation gets it, its workflows, and both with sample values for what only AWS knows."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from cfn_flip import to_json
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from shutterstep_cli.workflow.asl import RENDER_STATES, read_definition

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
UPLOADED = {"CodeUri": "s3://artifacts/code.zip", "ContentUri": "s3://artifacts/layer.zip"}
PSEUDO_PARAMETERS = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::StackName": "shutterstep",
    "AWS::URLSuffix": "amazonaws.com",
}
ARN_ENDS = {
    "AWS::DynamoDB::Table": "dynamodb:{place}:table/{name}",
    "AWS::ECR::Repository": "ecr:{place}:repository/{name}",
    "AWS::ECS::Cluster": "ecs:{place}:cluster/{name}",
    "AWS::ECS::TaskDefinition": "ecs:{place}:task-definition/{name}:1",
    "AWS::Events::ApiDestination": "events:{place}:api-destination/{name}/00000000-0000-0000-0000-000000000000",
    "AWS::Events::Connection": "events:{place}:connection/{name}/00000000-0000-0000-0000-000000000000",
    "AWS::Events::Rule": "events:{place}:rule/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::Logs::LogGroup": "logs:{place}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SQS::Queue": "sqs:{place}:{name}",
    "AWS::Serverless::Function": "lambda:{place}:function:{name}",
    "AWS::Serverless::StateMachine": "states:{place}:stateMachine:{name}",
}
ARN_IS_REF = {"AWS::ECS::TaskDefinition", "AWS::Serverless::StateMachine"}

Json = dict[str, Any]


@cache
def source() -> Json:
    """template.yaml with its intrinsic functions in long form."""
    return json.loads(to_json((ROOT / "template.yaml").read_text()))


@cache
def workflow(path: str) -> Json:
    """A workflow's definition as it stands in the file."""
    return read_definition(ROOT / path)


def resources(kind: str) -> dict[str, Json]:
    """The properties of every resource of a SAM or CloudFormation type in template.yaml."""
    return {name: item.get("Properties", {}) for name, item in source()["Resources"].items() if item["Type"] == kind}


def state_machines() -> dict[str, Json]:
    return resources("AWS::Serverless::StateMachine")


@cache
def transformed() -> Json:
    """The template without SAM: what is local counts as uploaded, and each workflow is written out in it."""
    template = json.loads(json.dumps(source()))
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({key: uri for key, uri in UPLOADED.items() if key in properties})
        if "DefinitionUri" in properties:
            properties["Definition"] = workflow(properties.pop("DefinitionUri"))
    result = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION)).translate(template, {})
    for name, properties in state_machines().items():
        target = result["Resources"][name]["Properties"]
        target.pop("DefinitionString", None)
        target["Definition"] = workflow(properties["DefinitionUri"])
    return json.loads(json.dumps(result))


def deployed_workflow(name: str, mode: str = "task") -> Json:
    """A state machine's definition with its substitutions made, as Step Functions gets it in a RenderMode."""
    properties = state_machines()[name]
    values = {key: sample(value) for key, value in properties.get("DefinitionSubstitutions", {}).items()}
    return read_definition(ROOT / properties["DefinitionUri"], {**values, **in_mode(mode)})


def in_mode(mode: str) -> dict[str, str]:
    """What the template's condition Pool decides."""
    return {"RenderMode": mode, "RenderState": RENDER_STATES[mode]}


def policies(role: str) -> list[Json]:
    """A role's inline policy documents, with sample values."""
    return [sample(policy["PolicyDocument"]) for policy in resources("AWS::IAM::Role")[role].get("Policies", [])]


def role_of(name: str) -> str:
    """The logical name of the role a function or state machine runs under."""
    return source()["Resources"][name]["Properties"]["Role"]["Fn::GetAtt"][0]


def sample(value: Any) -> Any:
    """The value with its intrinsic functions replaced by what they could be on AWS."""
    if isinstance(value, list):
        return [sample(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, argument), *_ = value.items()
        if key in INTRINSICS:
            return INTRINSICS[key](argument)
    return {key: sample(item) for key, item in value.items()}


def _ref(name: str) -> Any:
    if name in PSEUDO_PARAMETERS:
        return PSEUDO_PARAMETERS[name]
    if name in source()["Parameters"]:
        return source()["Parameters"][name].get("Default") or "sample"
    kind = source()["Resources"][name]["Type"]
    if kind == "AWS::EC2::Route":  # its primary identifier has two parts
        return f"rtb-{name.lower()}|0.0.0.0/0"
    return _arn(name) if kind in ARN_IS_REF else name.lower()


def _get_att(argument: str | list[str]) -> str:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return _arn(name) if attribute == "Arn" else f"{name}-{attribute}".lower()


def _arn(name: str) -> str:
    end = ARN_ENDS[source()["Resources"][name]["Type"]]
    return "arn:aws:" + end.format(place=f"{REGION}:{ACCOUNT}", account=ACCOUNT, name=name.lower())


def _sub(argument: str | list[Any]) -> str:
    text, values = (argument, {}) if isinstance(argument, str) else argument
    known = {key: str(sample(value)) for key, value in values.items()}
    return re.sub(r"\$\{([^!}]+)\}", lambda match: known.get(match[1]) or str(_named(match[1])), text)


def _named(name: str) -> Any:
    return _get_att(name) if "." in name else _ref(name)


INTRINSICS = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::If": lambda argument: sample(argument[1]),
    "Fn::Join": lambda argument: str(argument[0]).join(map(str, sample(argument[1]))),
    "Fn::Select": lambda argument: sample(argument[1])[int(argument[0])],
    "Fn::Split": lambda argument: sample(argument[1]).split(argument[0]),
    "Fn::GetAZs": lambda _: [f"{REGION}a", f"{REGION}b", f"{REGION}c"],
}
