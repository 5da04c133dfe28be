"""Tries each part of the stack, so that a deleted queue, table or bucket is named, with what restores it."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.health.check import Check, DeployedStack
from shutterstep_cli.trouble import code_of, explained

LOCAL_FIX = "shutterstep local down; shutterstep local up (this deletes items and pictures)"
FIXES = {
    "table": "restore it with the same name from its last backup: docs/OPERATIONS.md#table-gone",
    "bucket": "make it again with the same name and settings: docs/OPERATIONS.md#bucket-gone",
}
OTHER_FIX = "restore the missing parts: docs/OPERATIONS.md#a-part-of-the-stack-gone"


def checks(stack: DeployedStack) -> Iterator[Check]:
    """Yields a check for each part that messages and pictures pass."""
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
    """Raises ClientError for a deleted cluster, since ECS answers for one as well, with a failure in the answer."""
    if not any(cluster["status"] == "ACTIVE" for cluster in ecs.describe_clusters(clusters=[name])["clusters"]):
        refusal = {"Error": {"Code": "ClusterNotFoundException", "Message": f"cluster {name} is not active"}}
        raise ClientError(refusal, "DescribeClusters")  # type: ignore[arg-type] # the error that other calls raise


def _tried(stack: DeployedStack, name: str, attempt: Callable[[], Any]) -> Check:
    try:
        attempt()
    except (BotoCoreError, ClientError) as error:
        said = (explained(error) or (str(error), 1))[0]
        if isinstance(error, ClientError) and code_of(error).startswith("AccessDenied"):
            return Check(name, "warn", f"not checked: {said}", "run doctor with permission to read it")
        found = f"it does not exist or does not answer: {_short(error)}"
        return Check(name, "fail", found, LOCAL_FIX if stack.is_local else FIXES.get(name, OTHER_FIX))
    return Check(name, "pass", "answers")


def _short(error: BotoCoreError | ClientError) -> str:
    return f"{code_of(error)} from {error.operation_name}" if isinstance(error, ClientError) else type(error).__name__
