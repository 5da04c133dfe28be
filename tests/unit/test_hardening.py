"""What the template and the image forbid: rights of a container, connections without TLS, unencrypted storage."""

import re
from typing import Any

import pytest

from tests.unit.cloudformation import ROOT, resources, source

TASKS = resources("AWS::ECS::TaskDefinition")
QUEUES = resources("AWS::SQS::Queue")
OWN_KEY = ("RequestQueue", "DeadLetterQueue", "RenderQueue", "RenderDeadLetterQueue")


@pytest.mark.parametrize("name", TASKS)
def test_a_container_runs_without_rights_and_writes_only_to_its_own_tmp(name: str) -> None:
    (container,) = TASKS[name]["ContainerDefinitions"]
    assert (container["User"], container["ReadonlyRootFilesystem"]) == ("10001:10001", True)
    assert container["LinuxParameters"] == {"Capabilities": {"Drop": ["ALL"]}}
    assert container["MountPoints"] == [{"SourceVolume": "tmp", "ContainerPath": "/tmp"}]
    assert TASKS[name]["Volumes"] == [{"Name": "tmp"}]


def test_the_image_runs_as_the_task_definitions_user_on_a_pinned_base() -> None:
    dockerfile = (ROOT / "functions/renderer/Dockerfile").read_text("utf-8")
    assert re.search(r"^ARG BASE_IMAGE=[\w.-]+:[\w.-]+@sha256:[0-9a-f]{64}$", dockerfile, re.MULTILINE)
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    assert '"setpriv", "--no-new-privs", "tini"' in dockerfile


def test_the_image_keeps_the_models_of_all_services_that_the_renderer_calls() -> None:
    kept = set(re.findall(r"-not -name (\w+)", (ROOT / "functions/renderer/Dockerfile").read_text("utf-8")))
    jobs = (ROOT / "functions/renderer/renderer/jobs").glob("*.py")
    calls = [call for file in jobs for call in re.findall(r"start_clients\((\".*)\)", file.read_text("utf-8"))]
    called = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    assert called >= {"s3", "sqs", "stepfunctions", "dynamodb"}
    assert called <= kept


def only_tls(policy: dict[str, Any]) -> bool:
    """Whether a policy denies everyone everything that does not come by TLS."""
    wanted = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    return any(wanted.items() <= statement.items() for statement in policy["PolicyDocument"]["Statement"])


def test_every_queue_and_the_bucket_refuse_plain_transport() -> None:
    policies = [policy for policy in resources("AWS::SQS::QueuePolicy").values() if only_tls(policy)]
    assert {queue["Ref"] for policy in policies for queue in policy["Queues"]} == set(QUEUES)
    (bucket,) = resources("AWS::S3::BucketPolicy").values()
    assert only_tls(bucket)


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_is_encrypted(name: str) -> None:
    expected = {"Fn::If": ["OwnKey", {"Ref": "AWS::NoValue"}, True]} if name in OWN_KEY else True
    assert QUEUES[name]["SqsManagedSseEnabled"] == expected


def test_an_own_key_is_used_wherever_messages_items_and_pictures_rest() -> None:
    key = {"Fn::If": ["OwnKey", {"Ref": "KmsKeyArn"}, {"Ref": "AWS::NoValue"}]}
    tables = resources("AWS::DynamoDB::Table").values()
    (bucket,) = resources("AWS::S3::Bucket").values()
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert [QUEUES[name]["KmsMasterKeyId"] for name in OWN_KEY] == [key] * 4
    assert [table["SSESpecification"]["KMSMasterKeyId"] for table in tables] == [key] * 2
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key


def test_the_roles_may_use_an_own_key_only_where_there_is_one_and_only_through_the_services() -> None:
    (policy,) = resources("AWS::IAM::Policy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert source()["Resources"]["KeyPolicy"]["Condition"] == "OwnKey"
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert len(statement["Condition"]["StringEquals"]["kms:ViaService"]) == 3


def test_nobody_reaches_the_bucket_publicly() -> None:
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4


def test_nothing_reaches_a_render_task() -> None:
    (group,) = resources("AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupIngress" not in group


@pytest.mark.parametrize("name", resources("AWS::Logs::LogGroup"))
def test_logs_do_not_live_for_ever(name: str) -> None:
    assert resources("AWS::Logs::LogGroup")[name]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
