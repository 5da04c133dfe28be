"""Each part of the stack is tried: a queue, a table or a bucket that somebody deleted is named, with what mends it."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.health.check import Check, DeployedStack
from shutterstep_cli.trouble import code_of, explained

LOCAL_FIX = "shutterstep local down; shutterstep local up (items and pictures go with the old one)"
FIXES = {
    "table": "restore it under its name from its last backup: docs/OPERATIONS.md#table-gone",
    "bucket": "make it again under its name, then its settings: docs/OPERATIONS.md#bucket-gone",
}
OTHER_FIX = "make the stack whole: docs/OPERATIONS.md#a-part-of-the-stack-gone"


def checks(stack: DeployedStack) -> Iterator[Check]:
    """One for each part that messages and pictures pass."""
    for name, attempt in _attempts(stack).items():
        yield _tried(stack, name, attempt)


def _attempts(stack: DeployedStack) -> dict[str, Callable[[], Any]]:
    target = stack.target
    outputs, client = target.outputs, target.client
    queues = {
        output.removesuffix("Url"): (lambda output=output: stack.queue_attributes(output))
        for output in ("RequestQueueUrl", "RenderQueueUrl")
    }
    sfn = client("stepfunctions")
    machines = {
        name: (lambda output=output: sfn.describe_state_machine(stateMachineArn=outputs[output]))
        for name, output in (("workflow", "StateMachineArn"), ("release workflow", "ReleaseStateMachineArn"))
    }
    return {
        **queues,
        "starter": lambda: client("lambda").get_function_configuration(FunctionName=stack.physical("StarterFunction")),
        **machines,
        "table": lambda: client("dynamodb").get_item(TableName=outputs["TableName"], Key={"id": {"S": "doctor"}}),
        "bucket": lambda: client("s3").list_objects_v2(Bucket=outputs["BucketName"], MaxKeys=1),
        "cluster": lambda: _active_cluster(client("ecs"), outputs["ClusterName"]),
    }


def _active_cluster(ecs: Any, name: str) -> None:
    """ECS answers for a cluster that is gone as well, with a failure in the answer."""
    if not any(cluster["status"] == "ACTIVE" for cluster in ecs.describe_clusters(clusters=[name])["clusters"]):
        refusal = {"Error": {"Code": "ClusterNotFoundException", "Message": f"cluster {name} is not active"}}
        raise ClientError(refusal, "DescribeClusters")  # type: ignore[arg-type] # as AWS itself says it elsewhere


def _tried(stack: DeployedStack, name: str, attempt: Callable[[], Any]) -> Check:
    try:
        attempt()
    except (BotoCoreError, ClientError) as error:
        said = (explained(error) or (str(error), 1))[0]
        if isinstance(error, ClientError) and code_of(error).startswith("AccessDenied"):
            return Check(name, "warn", f"not tried: {said}", "run doctor with rights to read it")
        found = f"it is gone, or does not answer: {_short(error)}"
        return Check(name, "fail", found, LOCAL_FIX if stack.is_local else FIXES.get(name, OTHER_FIX))
    return Check(name, "pass", "answers")


def _short(error: BotoCoreError | ClientError) -> str:
    return f"{code_of(error)} from {error.operation_name}" if isinstance(error, ClientError) else type(error).__name__
