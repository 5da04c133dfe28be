"""Each role allows exactly what its code and its workflow do."""

import json
from typing import Any

import parliament
import pytest

from shutterstep_cli.health.access import NEEDED
from tests.unit.cloudformation import (
    ACCOUNT,
    deployed_workflow,
    policies,
    resources,
    role_of,
    sample,
    state_machines,
    transformed,
)

ROLES = list(resources("AWS::IAM::Role"))
NEEDED_BESIDE = {"ecs:RunTask": {"iam:PassRole"}}
# Step Functions needs all of them to log at all, whatever it logs.
LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"}
EXPECTED = {
    "StarterRole": {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:SendMessage",
        "states:StartExecution",
        "s3:PutObject",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    },
    "RenderTaskRole": {
        "s3:PutObject",
        "s3:GetObject",
        "states:SendTaskSuccess",
        "states:SendTaskFailure",
        "states:SendTaskHeartbeat",
    },
    "PoolTaskRole": {
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "dynamodb:UpdateItem",
        "s3:PutObject",
        "s3:GetObject",
        "states:SendTaskSuccess",
        "states:SendTaskFailure",
        "states:SendTaskHeartbeat",
    },
    "ReleaseEventsRole": {"states:StartExecution"},
    "WebhookEventsRole": {"events:InvokeApiDestination"},
    "RenderExecutionRole": {
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    },
}
# These actions know no single resource, so "*" is all that can be said; PutMetricData's is bounded by its namespace.
WITHOUT_RESOURCE = {*LOG_DELIVERY, *TRACING, "ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"}


@pytest.mark.parametrize("role", ROLES)
def test_parliament_finds_nothing(role: str):
    found = [finding for document in policies(role) for finding in parliament_findings(document)]
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_only_actions_that_know_no_resource_are_allowed_on_all(role: str):
    everywhere = {
        action
        for statement in statements(role)
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert everywhere <= WITHOUT_RESOURCE


@pytest.mark.parametrize("role", ROLES)
def test_no_action_is_allowed_by_a_pattern(role: str):
    assert not [action for action in allowed(role) if "*" in action or "?" in action]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "StarterRole"])
def test_a_service_can_assume_a_role_only_for_this_account(role: str):
    """Lambda documents no aws:SourceAccount for execution roles."""
    assert sample(trust(role)["Condition"]["StringEquals"]) == {"aws:SourceAccount": ACCOUNT}


@pytest.mark.parametrize("name", state_machines())
def test_step_functions_can_assume_a_workflows_role_only_for_that_workflow(name: str):
    machine = sample(state_machines()[name]["Name"])
    assert sample(trust(role_of(name))["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(f":stateMachine:{machine}")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_takes_the_permissions_boundary(role: str):
    boundary = resources("AWS::IAM::Role")[role]["PermissionsBoundary"]
    assert boundary == {"Fn::If": ["Bounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}


def trust(role: str) -> dict[str, Any]:
    (statement,) = resources("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    return statement


@pytest.mark.parametrize("name", state_machines())
def test_a_workflow_may_do_exactly_what_its_states_do(name: str):
    assert allowed(role_of(name)) == needed_by(name)


@pytest.mark.parametrize("role", EXPECTED)
def test_a_role_may_do_exactly_what_its_code_does(role: str):
    assert allowed(role) == EXPECTED[role]


def test_every_role_has_its_actions_expected():
    assert {*EXPECTED, *map(role_of, state_machines())} == set(ROLES)


@pytest.mark.parametrize("role", NEEDED)
def test_doctor_asks_for_all_that_a_role_needs(role: str):
    """But for what IAM can only tell with a request's own context, logs and traces."""
    with_context = {"iam:PassRole", "ecs:TagResource", "cloudwatch:PutMetricData"}
    asked_for = {action for action in allowed(role) if not action.startswith(("logs:", "xray:"))} - with_context
    assert set(NEEDED[role]) == asked_for


def test_doctor_asks_for_the_role_of_every_part_that_runs():
    of_aws = {"ReleaseEventsRole", "WebhookEventsRole", "RenderExecutionRole"}
    assert set(NEEDED) == set(ROLES) - of_aws


@pytest.mark.parametrize("name", state_machines())
def test_a_workflow_passes_only_the_roles_of_its_task_and_only_to_ecs(name: str):
    passing = [item for item in statements(role_of(name)) if "iam:PassRole" in as_list(item["Action"])]
    assert {item["Condition"]["StringEquals"]["iam:PassedToService"] for item in passing} <= {"ecs-tasks.amazonaws.com"}
    assert {arn.rpartition("/")[2] for item in passing for arn in as_list(item["Resource"])} <= {
        "rendertaskrole",
        "renderexecutionrole",
    }


def test_the_transform_adds_no_role_of_its_own():
    made = {name for name, item in transformed()["Resources"].items() if item["Type"] == "AWS::IAM::Role"}
    assert made == set(ROLES)


def needed_by(machine: str) -> set[str]:
    """The actions a workflow's integrations call, and what Step Functions does besides."""
    tasks = [state for state in deployed_workflow(machine)["States"].values() if state["Type"] == "Task"]
    actions = {action_of(state["Resource"]) for state in tasks}
    beside = set().union(*(NEEDED_BESIDE.get(action, set()) for action in actions))
    tagging = {"ecs:TagResource" for state in tasks if "PropagateTags" in state["Arguments"]}
    properties = state_machines()[machine]
    logging = LOG_DELIVERY if "Logging" in properties else set()
    return actions | beside | tagging | logging | (TRACING if "Tracing" in properties else set())


def action_of(resource: str) -> str:
    """`arn:aws:states:::ecs:runTask.waitForTaskToken` calls `ecs:RunTask`."""
    service, action = resource.partition(":::")[2].removeprefix("aws-sdk:").split(".")[0].split(":")
    return f"{service.replace('sfn', 'states')}:{action[0].upper()}{action[1:]}"


def parliament_findings(document: dict[str, Any]) -> list[str]:
    policy = parliament.analyze_policy_string(json.dumps(document))
    return [f"{finding.issue}: {finding.detail}" for finding in policy.findings if not is_outdated(finding)]


def is_outdated(finding: Any) -> bool:
    """Its data lacks that a task's answer can be limited to one state machine, as CDK's grantTaskResponse does."""
    return finding.issue == "RESOURCE_MISMATCH" and "states:SendTask" in str(finding.detail)


def statements(role: str) -> list[dict[str, Any]]:
    return [statement for document in policies(role) for statement in as_list(document["Statement"])]


def allowed(role: str) -> set[str]:
    granted = [statement for statement in statements(role) if statement["Effect"] == "Allow"]
    return {action for statement in granted for action in as_list(statement["Action"])}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
