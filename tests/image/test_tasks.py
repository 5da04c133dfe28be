"""Real containers as render tasks: side by side, killed while rendering, and limited to what their role allows."""

import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shutterstep.ids import parse_shot_key
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target
from tests.image.conftest import SlowSite, renderers
from tests.waiting import wait_for

CREDENTIALS = (
    "import boto3, json; print(json.dumps(boto3.Session().get_credentials().get_frozen_credentials()._asdict()))"
)


def request(site: SlowSite) -> dict[str, Any]:
    return {"id": uuid.uuid4().hex, "url": site.url, "timeoutMs": 60000}


def test_three_tasks_render_side_by_side(running_stack: Target, engine: Any, site: SlowSite) -> None:
    shots = [submit(running_stack, request(site)) for _ in range(3)]
    wait_for(lambda: site.asked == 3)
    assert len(renderers(engine)) == 3
    site.let.set()
    follow(running_stack, shots, lambda: None, 60)
    assert [shot.status for shot in shots] == ["success"] * 3
    wait_for(lambda: not renderers(engine))


def test_a_container_that_is_killed_at_work_is_followed_by_another(
    running_stack: Target, engine: Any, site: SlowSite
) -> None:
    shot = submit(running_stack, request(site))
    wait_for(lambda: site.asked == 1)
    (first,) = renderers(engine)
    first.kill()
    wait_for(lambda: site.asked == 2)
    site.let.set()
    follow(running_stack, [shot], lambda: None, 60)
    assert shot.status == "success"
    key = parse_shot_key(item_of(running_stack, shot.id)["s3_key"])
    assert key is not None
    assert key.attempt == 1
    events = running_stack.client("stepfunctions").get_execution_history(executionArn=shot.execution_arn)["events"]
    causes = [event["taskFailedEventDetails"].get("cause", "") for event in events if "taskFailedEventDetails" in event]
    assert [json.loads(cause)["exit_code"] for cause in causes] == [137], "as the engine says of a killed container"


@pytest.fixture
def stolen(running_stack: Target, engine: Any, site: SlowSite) -> Any:
    """Clients with the credentials that a render task's container has."""
    shot = submit(running_stack, request(site))
    wait_for(lambda: site.asked)
    (container,) = renderers(engine)
    got = json.loads(container.exec_run(["python", "-c", CREDENTIALS]).output)
    site.let.set()
    follow(running_stack, [shot], lambda: None, 60)
    session = boto3.Session(got["access_key"], got["secret_key"], got["token"], region_name="us-east-1")
    return lambda service: session.client(service, endpoint_url=running_stack.endpoint_url)


def test_a_task_may_write_pictures_and_read_requests_and_nothing_else(running_stack: Target, stolen: Any) -> None:
    outputs = running_stack.outputs
    bucket, table, queue = outputs["BucketName"], outputs["TableName"], outputs["RequestQueueUrl"]
    running_stack.client("s3").put_object(Bucket=bucket, Key="requests/own.json", Body=b"{}")
    s3, sqs, states = stolen("s3"), stolen("sqs"), stolen("stepfunctions")
    machine = outputs["StateMachineArn"]
    s3.get_object(Bucket=bucket, Key="requests/own.json")
    s3.put_object(Bucket=bucket, Key="shots/own.png", Body=b"")
    refused = [
        lambda: s3.get_object(Bucket=bucket, Key="shots/own.png"),
        lambda: s3.put_object(Bucket=bucket, Key="requests/own.json", Body=b""),
        lambda: s3.get_object(Bucket=bucket, Key="other/own.json"),
        lambda: s3.delete_object(Bucket=bucket, Key="shots/own.png"),
        lambda: s3.list_objects_v2(Bucket=bucket),
        lambda: stolen("dynamodb").get_item(TableName=table, Key={"id": {"S": "a"}}),
        lambda: stolen("dynamodb").scan(TableName=table),
        lambda: sqs.receive_message(QueueUrl=queue),
        lambda: sqs.send_message(QueueUrl=queue, MessageBody="{}"),
        lambda: sqs.receive_message(QueueUrl=outputs["RenderQueueUrl"]),
        lambda: states.start_execution(stateMachineArn=machine),
        lambda: states.list_executions(stateMachineArn=machine),
        lambda: stolen("ecs").list_tasks(cluster=outputs["ClusterName"]),
        lambda: stolen("iam").list_roles(),
    ]
    for call in refused:
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            call()
