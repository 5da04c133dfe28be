"""template.yaml: CloudFormation accepts it, and it agrees with the code and the workflow it names."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from shutterstep_cli.local.deployment import read_template
from shutterstep_cli.workflow.asl import read_definition
from tests.unit.cloudformation import (
    ROOT,
    resources,
    sample,
    source,
    state_machines,
    transformed,
    workflow,
)

FUNCTIONS = resources("AWS::Serverless::Function")
LAYERS = resources("AWS::Serverless::LayerVersion")
TASKS = resources("AWS::ECS::TaskDefinition")
READ_BY_LIBRARIES = re.compile(r"AWS_|POWERTOOLS_|PYTHON")
PRINCIPALS = {
    "StarterRole": "lambda.amazonaws.com",
    "ScreenshotRole": "states.amazonaws.com",
    "ReleaseRole": "states.amazonaws.com",
    "SweepRole": "states.amazonaws.com",
    "ReleaseEventsRole": "events.amazonaws.com",
    "WebhookEventsRole": "events.amazonaws.com",
    "RenderTaskRole": "ecs-tasks.amazonaws.com",
    "PoolTaskRole": "ecs-tasks.amazonaws.com",
    "RenderExecutionRole": "ecs-tasks.amazonaws.com",
}


def test_the_transformed_template_has_no_sam_resource_left():
    kinds = {resource["Type"] for resource in transformed()["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith("AWS::Serverless::")]


def test_cfn_lint_finds_nothing_in_the_transformed_template():
    found = cfnlint.lint(json.dumps(transformed()), regions=["eu-central-1"])
    assert [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in found] == []


@pytest.mark.parametrize("name", state_machines())
def test_the_workflow_uses_exactly_the_substitutions_it_is_given(name: str):
    properties = state_machines()[name]
    used = set(re.findall(r"\$\{(\w+)\}", (ROOT / properties["DefinitionUri"]).read_text()))
    assert used == set(properties["DefinitionSubstitutions"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_handler_of_a_function_exists(name: str):
    module, _, function = FUNCTIONS[name]["Handler"].rpartition(".")
    path = ROOT / FUNCTIONS[name]["CodeUri"] / f"{module.replace('.', '/')}.py"
    assert function in {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", LAYERS)
def test_the_folder_of_a_layer_exists_and_says_what_it_needs(name: str):
    assert (ROOT / LAYERS[name]["ContentUri"] / "requirements.txt").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reads_exactly_the_environment_it_is_given(name: str):
    given = set(FUNCTIONS[name].get("Environment", {}).get("Variables", {}))
    assert {key for key in given if not READ_BY_LIBRARIES.match(key)} == environment_read(
        ROOT / FUNCTIONS[name]["CodeUri"]
    )


@pytest.mark.parametrize("name", TASKS)
def test_a_container_reads_the_environment_it_is_given(name: str):
    given = {pair["Name"] for container in containers_of(name) for pair in container.get("Environment", [])}
    overridden = {pair["Name"] for override in overrides() for pair in override.get("Environment", [])}
    assert given | overridden <= environment_read(ROOT / "functions/renderer")


def test_the_workflow_overrides_containers_that_the_task_definition_has():
    named = {override["Name"] for override in overrides()}
    assert named
    assert named <= {container["Name"] for name in TASKS for container in containers_of(name)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_message_stays_hidden_for_six_times_the_functions_timeout(name: str):
    queues = [event["Properties"]["Queue"]["Fn::GetAtt"][0] for event in sqs_events(name)]
    hidden = [lowest(resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"]) for queue in queues]
    assert hidden
    assert min(hidden) >= 6 * FUNCTIONS[name]["Timeout"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_a_queue_answers_with_the_messages_that_failed(name: str):
    assert {tuple(event["Properties"]["FunctionResponseTypes"]) for event in sqs_events(name)} == {
        ("ReportBatchItemFailures",)
    }


def test_every_role_has_a_principal_expected_of_it():
    assert set(resources("AWS::IAM::Role")) == set(PRINCIPALS)


@pytest.mark.parametrize(("role", "principal"), PRINCIPALS.items())
def test_only_its_service_can_assume_a_role(role: str, principal: str):
    statements = resources("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert [(item["Principal"], item["Action"]) for item in statements] == [({"Service": principal}, "sts:AssumeRole")]


@pytest.mark.parametrize("name", ["Table", "Bucket"])
def test_data_outlives_the_stack_but_not_a_creation_that_failed(name: str):
    resource = source()["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_nothing_stands_in_the_way_of_undoing_a_first_deployment():
    assert source()["Parameters"]["DeletionProtection"]["Default"] == "DISABLED"


def test_an_execution_that_a_deployment_overtakes_can_still_run_its_task():
    run_task = workflow("statemachine/screenshot.asl.json")["States"]["RenderOnTask"]["Arguments"]
    assert run_task["TaskDefinition"] == "${TaskDefinitionArn}"
    given = state_machines()["ScreenshotStateMachine"]["DefinitionSubstitutions"]["TaskDefinitionArn"]["Ref"]
    assert source()["Resources"][given]["UpdateReplacePolicy"] == "Retain"


def test_the_pool_waits_for_the_way_to_its_image():
    needed = {"DefaultRoute", "PublicSubnetARouteTable", "PublicSubnetBRouteTable"}
    assert needed <= referred_to(source()["Resources"]["PoolService"])


def test_a_workers_health_is_asked_of_the_file_that_it_touches():
    (worker,) = containers_of("PoolTaskDefinition")
    (file,) = [pair["Value"] for pair in worker["Environment"] if pair["Name"] == "POOL_WORKED_FILE"]
    assert f"os.stat('{file}')" in worker["HealthCheck"]["Command"][-1]


def test_tasks_and_their_image_are_of_one_architecture():
    assert {task["RuntimePlatform"]["CpuArchitecture"]["Ref"] for task in TASKS.values()} == {"TaskArchitecture"}
    assert source()["Outputs"]["TaskArchitecture"]["Value"] == {"Ref": "TaskArchitecture"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_logs_has_an_execution_role_that_may_write_to_its_log_group(name: str):
    options = [container["LogConfiguration"]["Options"] for container in containers_of(name)]
    groups = {option["awslogs-group"]["Ref"] for option in options}
    statements = statements_of(TASKS[name]["ExecutionRoleArn"]["Fn::GetAtt"][0])
    writable = [item["Resource"] for item in statements if "logs:PutLogEvents" in item["Action"]]
    assert groups
    assert writable == [sample({"Fn::GetAtt": [group, "Arn"]}) for group in groups]


def test_one_number_of_the_template_is_the_executions_limit_and_the_base_of_the_lease():
    text = (ROOT / "statemachine/screenshot.asl.json").read_text()
    substitutions = state_machines()["ScreenshotStateMachine"]["DefinitionSubstitutions"]
    definition = read_definition(ROOT / "statemachine/screenshot.asl.json", dict.fromkeys(substitutions, "1234"))
    lease = definition["States"]["Claim"]["Arguments"]["ExpressionAttributeValues"][":lease_expires_at"]["S"]
    seconds = re.search(r"\((\d+) \+ (\d+)\) \* 1000", lease)
    assert definition["TimeoutSeconds"] == 1234
    assert seconds
    assert int(seconds[1]) == 1234
    assert int(seconds[2]) > 0
    assert text.count("${ExecutionTimeoutSeconds}") == 2


def test_events_that_cannot_be_delivered_are_kept():
    targets = [target for rule in resources("AWS::Events::Rule").values() for target in rule["Targets"]]
    assert targets
    assert all(target["DeadLetterConfig"] and target["RetryPolicy"]["MaximumRetryAttempts"] > 0 for target in targets)


def test_the_rule_of_stopped_tasks_takes_those_that_the_workflow_runs_and_the_pools_workers():
    pattern = sample(resources("AWS::Events::Rule")["TaskStoppedRule"]["EventPattern"])
    run_task = workflow("statemachine/screenshot.asl.json")["States"]["RenderOnTask"]["Arguments"]
    assert pattern["detail"]["group"] == [run_task["Group"], {"prefix": "service:"}]


def test_a_table_declares_exactly_the_attributes_of_its_keys():
    for table in resources("AWS::DynamoDB::Table").values():
        indexes = table.get("GlobalSecondaryIndexes", [])
        keys = [*table["KeySchema"], *(key for index in indexes for key in index["KeySchema"])]
        declared = {attribute["AttributeName"] for attribute in table["AttributeDefinitions"]}
        assert {key["AttributeName"] for key in keys} == declared


def environment_read(folder: Path) -> set[str]:
    """Names in `environ["X"]`, `environment.get("X")` and the like, in any module of the folder."""
    text = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    return set(re.findall(r"\b(?:environ|environment|getenv)(?:\.get\(|\[|\()\s*[\"'](\w+)[\"']", text))


def containers_of(task: str) -> list[dict[str, Any]]:
    return TASKS[task]["ContainerDefinitions"]


def overrides() -> Iterator[dict[str, Any]]:
    for properties in state_machines().values():
        for state in workflow(properties["DefinitionUri"])["States"].values():
            yield from state.get("Arguments", {}).get("Overrides", {}).get("ContainerOverrides", [])


def referred_to(node: Any) -> set[str]:
    """The resources and parameters that a part of the template refers to by Ref, which it is made after."""
    if isinstance(node, dict):
        here = {node["Ref"]} if len(node) == 1 and "Ref" in node else set()
        return here.union(*map(referred_to, node.values()))
    return set().union(*map(referred_to, node)) if isinstance(node, list) else set()


def sqs_events(function: str) -> list[dict[str, Any]]:
    return [event for event in FUNCTIONS[function]["Events"].values() if event["Type"] == "SQS"]


def statements_of(role: str) -> list[dict[str, Any]]:
    documents = [policy["PolicyDocument"] for policy in resources("AWS::IAM::Role")[role]["Policies"]]
    return [statement for document in documents for statement in sample(document)["Statement"]]


def lowest(value: Any) -> int:
    """A number, or the least an operator may give for it."""
    return source()["Parameters"][value["Ref"]]["MinValue"] if isinstance(value, dict) else value


DEPLOYED = ("layers/shared", "functions/starter", "functions/renderer")


@pytest.mark.parametrize("file", DEPLOYED)
def test_every_package_that_is_deployed_comes_with_hashes(file: str) -> None:
    requirements = re.split(r"\n(?=\S)", (ROOT / file / "requirements.txt").read_text("utf-8").strip())
    assert [found for found in requirements if not re.search(r"--hash=sha256:[0-9a-f]{64}", found)] == []
    build = (ROOT / file / ("Dockerfile" if file == "functions/renderer" else "Makefile")).read_text("utf-8")
    assert "--require-hashes" in build


@pytest.mark.parametrize("file", DEPLOYED)
def test_what_is_deployed_has_the_locked_versions(file: str) -> None:
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    lines = (ROOT / file / "requirements.txt").read_text("utf-8").splitlines()
    pins = [line.removesuffix(" \\").partition(" ;")[0] for line in lines if line[:1].isalnum()]
    assert pins
    assert [pin for pin in pins if f"\n{pin} " not in f"\n{locked}"] == []


def test_the_webhook_and_the_example_consumer_hear_of_the_same_events() -> None:
    consumer = read_template(ROOT / "examples/consumer.yaml")["Resources"]["PictureRule"]["Properties"]["EventPattern"]
    pattern = json.loads(json.dumps(source()["Resources"]["WebhookRule"]["Properties"]["EventPattern"]))
    assert pattern["detail"].pop("stateMachineArn") == [{"Ref": "ScreenshotStateMachine"}]
    assert consumer["detail"].pop("stateMachineArn") == [{"Ref": "StateMachineArn"}]
    assert pattern == consumer


def test_nothing_of_the_webhook_is_made_unless_it_is_wanted() -> None:
    parts = {name: part for name, part in source()["Resources"].items() if name.startswith("Webhook")}
    assert parts.pop("WebhookDeadLettersAlarm")["Condition"] == "AlarmedWebhook"
    assert len(parts) == 6
    assert {part["Condition"] for part in parts.values()} == {"Webhook"}
    assert source()["Parameters"]["WebhookUrl"]["Default"] == ""


DISTRIBUTIONS = {"PIL": "pillow", "botocore": "boto3", "duckduckgo_autoconsent": "duckduckgo-autoconsent-py"}


def test_the_image_has_what_the_renderer_imports_and_nothing_else() -> None:
    files = [*(ROOT / "functions/renderer/renderer").rglob("*.py"), *(ROOT / "layers/shared/shutterstep").glob("*.py")]
    named = (ROOT / "functions/renderer/requirements.in").read_text("utf-8").splitlines()
    imported = {module for file in files for module in imports(file)} - {*sys.stdlib_module_names}
    own_or_for_types = {"renderer", "shutterstep", "mypy_boto3_dynamodb", "mypy_boto3_sqs"}
    needed = {DISTRIBUTIONS.get(module, module) for module in imported - own_or_for_types}
    assert needed == {line for line in named if not line.startswith("#")}


def imports(file: Path) -> set[str]:
    """The top-level modules that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    whole = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in whole | parts}


def test_a_new_version_of_the_webhooks_secret_changes_the_connection() -> None:
    """CloudFormation reads a secret anew only for a resource that changes."""
    parameters = resources("AWS::Events::Connection")["WebhookConnection"]["AuthParameters"]["ApiKeyAuthParameters"]
    condition, versioned, current = parameters["ApiKeyValue"]["Fn::If"]
    assert condition == "SecretVersioned"
    assert versioned["Fn::Sub"].endswith(":SecretString:::${WebhookSecretVersion}}}")
    assert current["Fn::Sub"] == "{{resolve:secretsmanager:${WebhookSecretId}}}"
