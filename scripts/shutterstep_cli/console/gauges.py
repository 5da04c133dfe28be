"""The gauges: messages in each queue, executions that are running, and messages in dead-letter queues."""

from dataclasses import dataclass
from typing import Any, Literal

from shutterstep_cli.console.recent import Recent
from shutterstep_cli.stack.target import Target

GAUGE_SECONDS = 2.0
LISTED = 1000

Level = Literal["calm", "busy", "alarm"]


@dataclass(frozen=True)
class Gauge:
    """`value` and `note` are texts for people; `hint` says what the gauge counts and what to do."""

    name: str
    value: str
    note: str
    level: Level
    hint: str


class Gauges:
    """Reads the gauges of one stack."""

    def __init__(self, target: Target) -> None:
        self.outputs = target.outputs
        self.sqs, self.ecs = target.client("sqs"), target.client("ecs")
        self.sfn = target.client("stepfunctions")
        self._recent: Recent[list[Gauge]] = Recent(GAUGE_SECONDS)

    def read(self) -> list[Gauge]:
        """Returns all gauges; their values are at most two seconds old."""
        return self._recent.get("all", self._read)

    def _read(self) -> list[Gauge]:
        pool = self.outputs.get("PoolServiceName")
        gauges = [self._queue("Requests", "RequestQueueUrl", "messages that wait for the starter"), self._running()]
        if pool:
            gauges.append(self._queue("Render queue", "RenderQueueUrl", "jobs that wait for a worker of the pool"))
        gauges.append(self._pool(pool) if pool else self._tasks())
        gauges.append(
            self._dead(
                "Dead letters",
                "DeadLetterQueueUrl",
                "see body, sender, time and reason: shutterstep dlq list; resend or delete: dlq send, dlq purge",
            )
        )
        others = ("RenderDeadLetterQueueUrl", "ReleaseDeadLetterQueueUrl", "WebhookDeadLetterQueueUrl")
        gauges += [gauge for gauge in (self._other_dead(name) for name in others) if gauge.level == "alarm"]
        return gauges

    def _counts(self, output: str) -> tuple[int, int]:
        """Returns the messages that wait and those in flight; 0 and 0 if the stack has no such queue."""
        if output not in self.outputs:
            return 0, 0
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.outputs[output], AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def _queue(self, name: str, output: str, what: str) -> Gauge:
        waiting, in_flight = self._counts(output)
        level: Level = "busy" if waiting + in_flight else "calm"
        return Gauge(name, f"{waiting:,}", f"{in_flight:,} in flight", level, what)

    def _running(self) -> Gauge:
        """Counts one page of the list; with more than a thousand running executions it shows 1,000+."""
        machine = self.outputs["StateMachineArn"]
        found = self.sfn.list_executions(stateMachineArn=machine, statusFilter="RUNNING", maxResults=LISTED)
        count = len(found["executions"])
        more = "+" if found.get("nextToken") else ""
        return Gauge("Running", f"{count:,}{more}", "executions", "busy" if count else "calm", "running executions")

    def _tasks(self) -> Gauge:
        cluster = self.outputs["ClusterName"]
        running = len(self.ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"])
        more = "+" if running == 100 else ""  # one page of ListTasks
        return Gauge(
            "Render tasks",
            f"{running}{more}",
            "one task for each picture",
            "busy" if running else "calm",
            "Fargate tasks",
        )

    def _pool(self, service: str) -> Gauge:
        found = self.ecs.describe_services(cluster=self.outputs["ClusterName"], services=[service])["services"]
        counts: dict[str, Any] = found[0] if found else {}
        running, desired = counts.get("runningCount", 0), counts.get("desiredCount", 0)
        note = f"of {desired} wanted"
        level: Level = "alarm" if desired and not running else "busy" if running else "calm"
        return Gauge("Pool", f"{running}", note, level, "running workers of the pool")

    def _dead(self, name: str, output: str, hint: str) -> Gauge:
        waiting, in_flight = self._counts(output)
        count = waiting + in_flight
        return Gauge(
            name, f"{count:,}", "shutterstep dlq list" if count else "none", "alarm" if count else "calm", hint
        )

    def _other_dead(self, output: str) -> Gauge:
        name = output.removesuffix("DeadLetterQueueUrl") + " dead letters"
        return self._dead(name, output, f"{output.removesuffix('Url')}: see its messages with shutterstep dlq list")
