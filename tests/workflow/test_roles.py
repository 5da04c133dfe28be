"""The deployed roles allow what the workflow and the renderer do, and not the same on other resources."""

from typing import Any

import pytest

from shutterstep_cli.stack.target import Target


@pytest.fixture(scope="module")
def template(running_stack: Target, aws: Any) -> dict[str, str]:
    pages = aws.client("cloudformation").get_paginator("list_stack_resources")
    found = pages.paginate(StackName=running_stack.stack_name).search("StackResourceSummaries[]")
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}


def decision(aws: Any, role: str, action: str, resource: str) -> str:
    iam = aws.client("iam")
    principal = iam.get_role(RoleName=role)["Role"]["Arn"]
    answer = iam.simulate_principal_policy(PolicySourceArn=principal, ActionNames=[action], ResourceArns=[resource])
    return answer["EvaluationResults"][0]["EvalDecision"]


def arns(running_stack: Target) -> dict[str, str]:
    outputs = running_stack.outputs
    base = "us-east-1:000000000000"
    return {
        "table": f"arn:aws:dynamodb:{base}:table/{outputs['TableName']}",
        "other_table": f"arn:aws:dynamodb:{base}:table/other",
        "task": outputs["TaskDefinitionArn"],
        "shot": f"arn:aws:s3:::{outputs['BucketName']}/shots/a.png",
        "request": f"arn:aws:s3:::{outputs['BucketName']}/requests/a.json",
        "machine": outputs["StateMachineArn"],
        "cluster": f"arn:aws:ecs:{base}:cluster/{outputs['ClusterName']}",
    }


@pytest.mark.parametrize(
    ("role", "action", "resource"),
    [
        ("ScreenshotRole", "dynamodb:UpdateItem", "table"),
        ("ScreenshotRole", "dynamodb:GetItem", "table"),
        ("StarterRole", "states:StartExecution", "machine"),
        ("StarterRole", "s3:PutObject", "request"),
        ("RenderTaskRole", "s3:PutObject", "shot"),
        ("RenderTaskRole", "s3:GetObject", "request"),
        ("RenderTaskRole", "states:SendTaskSuccess", "machine"),
        ("RenderTaskRole", "states:SendTaskFailure", "machine"),
        ("RenderTaskRole", "states:SendTaskHeartbeat", "machine"),
    ],
)
def test_a_role_may_do_its_work(
    running_stack: Target, aws: Any, template: dict[str, str], role: str, action: str, resource: str
) -> None:
    assert decision(aws, template[role], action, arns(running_stack)[resource]) == "allowed"


def test_the_workflow_may_run_the_render_task_on_its_cluster_only(
    running_stack: Target, aws: Any, template: dict[str, str]
) -> None:
    """The emulator simulates no context, so that the condition shows as a denial; its value is read instead."""
    role, known = template["ScreenshotRole"], arns(running_stack)
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="screenshot")["PolicyDocument"]
    (statement,) = [one for one in policy["Statement"] if one["Action"] == "ecs:RunTask"]
    assert decision(aws, role, "ecs:RunTask", known["task"]) != "allowed"
    assert statement["Resource"] == known["task"].rpartition(":")[0] + ":*"
    assert statement["Condition"] == {"ArnEquals": {"ecs:cluster": known["cluster"]}}


@pytest.mark.parametrize(
    ("role", "action", "resource"),
    [
        ("ScreenshotRole", "dynamodb:UpdateItem", "other_table"),
        ("ScreenshotRole", "dynamodb:DeleteItem", "table"),
        ("StarterRole", "dynamodb:UpdateItem", "table"),
        ("StarterRole", "s3:PutObject", "shot"),
        ("RenderTaskRole", "s3:PutObject", "request"),
        ("RenderTaskRole", "s3:GetObject", "shot"),
        ("RenderTaskRole", "dynamodb:GetItem", "table"),
        ("RenderTaskRole", "states:StartExecution", "machine"),
    ],
)
def test_a_role_may_do_nothing_else(
    running_stack: Target, aws: Any, template: dict[str, str], role: str, action: str, resource: str
) -> None:
    assert decision(aws, template[role], action, arns(running_stack)[resource]) != "allowed"
