"""The checks of what the local stack does not have: alarms, image, quotas, deployments of the pool."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shutterstep_cli.capacity.capacity_plan import Need
from shutterstep_cli.health import access, queues, rendering, workflow_health
from shutterstep_cli.health.check import DeployedStack

ARN = "arn:aws:sns:eu-central-1:123456789012:alarms:1"


class Account:
    """A target whose clients answer by operation with what they are given; exceptions are raised, functions called."""

    stack_name, endpoint_url = "production", None

    def __init__(self, outputs: dict[str, str] | None = None, **answers: Any) -> None:
        self.outputs = {"AlarmTopicArn": "topic", "ClusterName": "cluster", "PoolServiceName": "pool"} | (outputs or {})
        self.answers = answers

    def client(self, service: str) -> Any:
        def answer(value: Any) -> Any:
            def call(**given: Any) -> Any:
                if isinstance(value, Exception):
                    raise value
                return value(**given) if callable(value) else value

            return call

        return SimpleNamespace(**{name: answer(value) for name, value in self.answers.items()})


def stack(parameters: dict[str, str] | None = None, **answers: Any) -> DeployedStack:
    made = DeployedStack(Account(**answers))  # pyright: ignore[reportArgumentType]
    made.parameters = {"RenderMode": "pool", "TaskCpu": "1024", "TaskMemory": "2048", "PoolConcurrency": "2"} | (
        parameters or {}
    )
    made.resources = {"DeadLettersAlarm": ("AWS::CloudWatch::Alarm", "dead"), "Repository": ("AWS::ECR", "shots")}
    return made


def alarm(state: str) -> dict[str, Any]:
    return {"MetricAlarms": [{"AlarmName": "dead", "StateValue": state}]}


def subscribers(*arns: str) -> dict[str, Any]:
    return {"Subscriptions": [{"SubscriptionArn": arn} for arn in arns]}


@pytest.mark.parametrize(
    ("found", "subscribed", "statuses"),
    [
        (alarm("OK"), subscribers(ARN), ["pass", "pass"]),
        (alarm("INSUFFICIENT_DATA"), subscribers(ARN), ["pass", "pass"]),
        (alarm("ALARM"), subscribers(ARN), ["fail", "pass"]),
        ({"MetricAlarms": []}, subscribers(ARN), ["fail", "pass"]),
        (alarm("OK"), subscribers("PendingConfirmation"), ["pass", "fail"]),
        (alarm("OK"), subscribers(), ["pass", "fail"]),
    ],
)
def test_alarms_are_there_quiet_and_heard(found: Any, subscribed: Any, statuses: list[str]) -> None:
    checks = access.alarms(stack(describe_alarms=found, list_subscriptions_by_topic=subscribed))
    assert [check.status for check in checks] == statuses


@pytest.mark.parametrize(("waiting", "hidden", "status"), [(0, 0, "pass"), (3, 0, "fail"), (0, 1, "fail")])
def test_jobs_of_a_pool_that_is_no_more_are_told(waiting: int, hidden: int, status: str) -> None:
    counts = {"ApproximateNumberOfMessages": str(waiting), "ApproximateNumberOfMessagesNotVisible": str(hidden)}
    found = stack({"RenderMode": "task"}, get_queue_attributes={"Attributes": counts})
    found.target.outputs["RenderQueueUrl"] = "renders"
    assert queues.nobodys_jobs(found).status == status


def test_a_stack_without_alarms_is_warned_of() -> None:
    bare = stack()
    del bare.target.outputs["AlarmTopicArn"]
    assert [check.status for check in access.alarms(bare)] == ["warn"]


def test_an_image_that_was_never_pushed_fails_and_says_how_to_push() -> None:
    missing = ClientError({"Error": {"Code": "ImageNotFoundException"}}, "DescribeImages")
    check = rendering.image(stack(describe_images=missing))
    assert (check.status, "RepositoryUri" in check.fix) == ("fail", True)


def test_an_image_that_is_there_passes_with_its_date() -> None:
    pushed = {"imageDetails": [{"imagePushedAt": datetime(2026, 1, 2, tzinfo=UTC)}]}
    check = rendering.image(stack(describe_images=pushed))
    assert (check.status, "2026-01-02" in check.found) == ("pass", True)


GZIP, ZSTD = "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.oci.image.layer.v1.tar+zstd"
IMAGE = {"digest": "sha256:image", "platform": {"os": "linux", "architecture": "amd64"}}
ATTESTATION = {"digest": "sha256:signed", "platform": {"os": "unknown", "architecture": "unknown"}}
SOCI = {"digest": "sha256:soci", "artifactType": "application/vnd.amazon.soci.index.v2+json"}


def registry(*parts: dict[str, Any], layer: str) -> Any:
    """BatchGetImage of a registry with one image of 300 MB; with parts, behind an index."""
    manifests: dict[str, Any] = {
        "sha256:image": {"layers": [{"size": 200_000_000, "mediaType": layer}, {"size": 10**8, "mediaType": layer}]}
    }
    manifests["sha256:deployed"] = {"manifests": parts} if parts else manifests["sha256:image"]

    def answer(imageIds: list[dict[str, str]], **_: Any) -> dict[str, Any]:
        digest = imageIds[0].get("imageDigest", "sha256:deployed")
        return {"images": [{"imageId": {"imageDigest": digest}, "imageManifest": json.dumps(manifests[digest])}]}

    return answer


@pytest.mark.parametrize(
    ("pushed", "said"),
    [
        (registry(layer=GZIP), "300 MB, compressed with gzip; with zstd it would start sooner"),
        (registry(layer=ZSTD), "300 MB, compressed with zstd, without a SOCI index"),
        (registry(IMAGE, SOCI, layer=GZIP), "300 MB, compressed with gzip, and starts before it has all of it"),
        (registry(ATTESTATION, IMAGE, layer=ZSTD), "300 MB, compressed with zstd, without a SOCI index"),
    ],
)
def test_what_a_cold_start_fetches_is_told_with_how_it_is_compressed(pushed: Any, said: str) -> None:
    (check,) = rendering.cold_start(stack(batch_get_image=pushed))
    assert check.status == "pass"
    assert said in check.found


def test_an_image_of_another_registry_has_no_word_on_its_cold_start() -> None:
    assert list(rendering.cold_start(stack(batch_get_image={"images": []}))) == []


@pytest.mark.parametrize(
    ("states", "status"),
    [(["COMPLETED"], "pass"), (["IN_PROGRESS", "COMPLETED"], "warn"), (["COMPLETED", "FAILED"], "fail")],
)
def test_a_deployment_of_the_pool_went_through_or_was_rolled_back(states: list[str], status: str) -> None:
    services = {"services": [{"deployments": [{"rolloutState": state} for state in states]}]}
    assert rendering.deployment(stack(describe_services=services)).status == status


def test_a_quota_below_the_need_fails_with_the_value_to_ask_for() -> None:
    check = rendering.quota(Need("fargate_vcpu", "Fargate vCPUs", "Fargate", needed=40.2, default=6))
    assert (check.status, "ask for 41" in check.fix) == ("fail", True)


def test_the_account_s_own_vcpus_count_where_they_can_be_read() -> None:
    rich = stack(get_service_quota={"Quota": {"Value": 4000.0}}, parameters={"PoolMaximum": "500"})
    checks = {check.name: check.status for check in rendering.expected(rich, 100, 5)}
    assert checks["quota: Fargate On-Demand vCPU resource count"] == "pass"
    assert checks["pool maximum"] == "pass"


def test_the_account_is_poor_where_its_quota_cannot_be_read() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetServiceQuota")
    checks = {
        check.name: check
        for check in rendering.expected(stack({"PoolMaximum": "20"}, get_service_quota=denied), 100, 5)
    }
    assert checks["quota: Fargate On-Demand vCPU resource count"].status == "fail"
    assert checks["pool maximum"].fix.startswith("deploy with PoolMaximum=")


@pytest.mark.parametrize(("pool", "execution", "status"), [("1500", "1800", "pass"), ("1800", "1800", "fail")])
def test_a_render_must_end_before_its_execution(pool: str, execution: str, status: str) -> None:
    limits = {"PoolTimeoutSeconds": pool, "ExecutionTimeoutSeconds": execution}
    assert workflow_health.limits(stack(limits)).status == status


@pytest.mark.parametrize(("render_ms", "status"), [(1500, "pass"), (61_000, "warn")])
def test_pictures_that_take_longer_than_their_jobs_stay_hidden_are_warned_of(render_ms: int, status: str) -> None:
    pictures = stack(
        {"PoolVisibilityTimeout": "60"},
        outputs={"StateMachineArn": "machine"},
        list_executions={"executions": [{"executionArn": "one"}]},
        describe_execution={"output": f'{{"render_ms": {render_ms}}}'},
    )
    assert workflow_health.render_time(pictures).status == status
