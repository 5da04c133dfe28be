"""The pool as its service and its queue show it: size, tasks and backlog."""

from dataclasses import asdict, dataclass
from typing import Any

from shutterstep_cli.stack.target import Target

COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Backlog:
    """Jobs in RenderQueue; SQS's numbers are approximate."""

    waiting: int
    at_work: int

    @property
    def jobs(self) -> int:
        """The number that the pool's size follows."""
        return self.waiting + self.at_work


@dataclass(frozen=True)
class Pool:
    """The number of workers that should run and that do run, the task ids of these, and the jobs."""

    desired: int
    running: int
    tasks: list[str]
    backlog: Backlog

    def as_json(self) -> dict[str, Any]:
        """Returns `desired`, `running`, `tasks`, `backlog` {`waiting`, `at_work`}."""
        return asdict(self)


def backlog_of(sqs: Any, queue_url: str) -> Backlog:
    """Returns the queue's two counts."""
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(COUNTS))["Attributes"]
    return Backlog(*(int(found[name]) for name in COUNTS))


def pool_of(target: Target) -> Pool | None:
    """Returns the pool, or None if the stack starts a task for each picture."""
    name = target.outputs.get("PoolServiceName")
    if name is None:
        return None
    ecs, cluster = target.client("ecs"), target.outputs["ClusterName"]
    service = ecs.describe_services(cluster=cluster, services=[name])["services"][0]
    arns = ecs.list_tasks(cluster=cluster, serviceName=name, desiredStatus="RUNNING")["taskArns"]
    return Pool(
        desired=service["desiredCount"],
        running=service["runningCount"],
        tasks=sorted(arn.rpartition("/")[2] for arn in arns),
        backlog=backlog_of(target.client("sqs"), target.outputs["RenderQueueUrl"]),
    )
