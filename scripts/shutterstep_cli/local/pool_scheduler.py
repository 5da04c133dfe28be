"""The scheduler of the embedded cluster's services: replaces dead workers, and lets the pool follow its backlog."""

import time
from dataclasses import dataclass
from typing import Any

from shutterstep_cli.local.local_stack import STACK_NAME, client
from shutterstep_cli.stack.pool import backlog_of
from shutterstep_cli.stack.scaling_rule import Autoscaler, Bounds

KEEP_EVERY_SECONDS = 0.5
SCALE_EVERY_SECONDS = 2


@dataclass
class PoolScheduler:
    """`maximum` is the largest size with autoscaling; None leaves the size to UpdateService."""

    endpoint: str
    cluster: str
    maximum: int | None = None
    keep_at: float = 0
    scale_at: float = 0

    def __post_init__(self) -> None:
        self.ecs = client("ecs", self.endpoint)
        self.sqs = client("sqs", self.endpoint)
        self.autoscaler: Autoscaler | None = None

    def step(self) -> None:
        """Does what is due now for the cluster's service, if there is one."""
        now = time.monotonic()
        if now < self.keep_at:
            return
        self.keep_at = now + KEEP_EVERY_SECONDS
        for service in self._services():
            size = self._size(service, now)
            running = service["runningCount"] + service["pendingCount"]
            if size != service["desiredCount"] or running < size:
                # The cluster adjusts its tasks only when the service is updated.
                self.ecs.update_service(cluster=self.cluster, service=service["serviceName"], desiredCount=size)

    def _services(self) -> list[dict[str, Any]]:
        arns = self.ecs.list_services(cluster=self.cluster)["serviceArns"]
        found = self.ecs.describe_services(cluster=self.cluster, services=arns)["services"] if arns else []
        return [service for service in found if service["status"] == "ACTIVE"]

    def _size(self, service: dict[str, Any], now: float) -> int:
        desired = service["desiredCount"]
        if self.maximum is None or now < self.scale_at:
            return desired
        self.scale_at = now + SCALE_EVERY_SECONDS
        if self.autoscaler is None:
            self.autoscaler = Autoscaler(self._bounds(self.maximum))
        return self.autoscaler.size(now, desired, backlog_of(self.sqs, self._outputs["RenderQueueUrl"]).jobs)

    def _bounds(self, maximum: int) -> Bounds:
        number = {p["ParameterKey"]: p["ParameterValue"] for p in self._stack["Parameters"]}
        return Bounds(
            minimum=min(int(number["PoolMinimum"]), maximum),
            maximum=maximum,
            target=float(number["PoolTarget"]),
            scale_out_cooldown=float(number["PoolScaleOutCooldown"]),
            scale_in_cooldown=float(number["PoolScaleInCooldown"]),
        )

    @property
    def _stack(self) -> dict[str, Any]:
        return client("cloudformation", self.endpoint).describe_stacks(StackName=STACK_NAME)["Stacks"][0]

    @property
    def _outputs(self) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self._stack["Outputs"]}
