"""The ticks that only a stack on AWS can show: logs, metrics, alarms and registration for autoscaling."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from shutterstep_cli.health.check import DeployedStack
from shutterstep_cli.verification.checklist import Tick, not_applicable, tick

LOGS, METRICS, ALARMS, SCALING = "logs are written", "metrics are written", "alarms are OK", "autoscaling is registered"
LOCALLY = "the embedded AWS has none of these; run verify on AWS with --stack"
# Step Functions and metric filters publish within a few minutes.
PUBLISHED_WITHIN_SECONDS = 300
LOOK_EVERY_SECONDS = 10
# A trial stops, fails and repeats requests on purpose, so alarms on these metrics may ring because of it.
RUNG_BY_A_TRIAL = ("ExecutionsFailed", "ExecutionsAborted", "Skipped", "RenderFailed")

Alarm = dict[str, Any]


def account_ticks(
    stack: DeployedStack, since: float, raised_before: set[str], sleep: Callable[[float], None] = time.sleep
) -> Iterator[Tick]:
    """Yields the ticks.

    `since` is the start of the trial in epoch seconds; `raised_before` are the alarms ringing then.
    """
    if stack.is_local:
        yield from (not_applicable(name, LOCALLY) for name in (LOGS, METRICS, ALARMS, SCALING))
        return
    yield logs(stack, since, sleep)
    yield metrics(stack, since, sleep)
    yield alarms(stack, raised_before)
    yield scaling(stack)


def raised(stack: DeployedStack) -> set[str]:
    """Returns the names of the stack's alarms that ring now; none on the local stack."""
    return set() if stack.is_local else {one["AlarmName"] for one in _alarms(stack) if one["StateValue"] == "ALARM"}


def logs(stack: DeployedStack, since: float, sleep: Callable[[float], None] = time.sleep) -> Tick:
    """Checks that each log group has events of the trial, except those of workflows that log errors only."""
    client, start = stack.target.client("logs"), int(since * 1000)
    quiet = _groups_of_errors_only(stack)
    groups = [physical for _, physical in stack.of_type("AWS::Logs::LogGroup") if physical not in quiet]

    def silent() -> list[str]:
        return [group for group in groups if not _has_events(client, group, start)]

    broken = [f"{group}: no event since the trial began" for group in _until_none(silent, sleep)]
    return tick(LOGS, f"{len(groups)} log groups have events", broken or _none_of(groups, "log group"), groups)


def _has_events(client: Any, group: str, start: int) -> bool:
    """Whether the group has events since `start`. CloudWatch Logs may return empty pages before those with events."""
    pages = client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=start)
    return any(page["events"] for page in pages)


def _groups_of_errors_only(stack: DeployedStack) -> set[str]:
    """Returns the log groups of the workflows whose level is ERROR or OFF."""
    found: set[str] = set()
    for _, arn in stack.of_type("AWS::StepFunctions::StateMachine"):
        machine = stack.target.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        logging = machine.get("loggingConfiguration", {})
        if logging.get("level") != "ALL":
            arns = [one["cloudWatchLogsLogGroup"]["logGroupArn"] for one in logging.get("destinations", [])]
            found |= {arn.partition(":log-group:")[2].removesuffix(":*") for arn in arns}
    return found


def metrics(stack: DeployedStack, since: float, sleep: Callable[[float], None] = time.sleep) -> Tick:
    """Checks that Step Functions counts the trial's executions, and that our metric filters have a namespace."""
    client = stack.target.client("cloudwatch")
    machine = stack.target.outputs["StateMachineArn"]
    namespaces = _own_namespaces(stack)

    def unpublished() -> list[str]:
        counted = client.get_metric_statistics(
            Namespace="AWS/States",
            MetricName="ExecutionsStarted",
            Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
            StartTime=datetime.fromtimestamp(since - 60, UTC),
            EndTime=datetime.now(UTC),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        absent = [name for name in namespaces if not client.list_metrics(Namespace=name)["Metrics"]]
        return absent if counted else ["AWS/States ExecutionsStarted", *absent]

    broken = [f"{name}: no data" for name in _until_none(unpublished, sleep)]
    evidence = [f"AWS/States ExecutionsStarted of {machine}", *namespaces]
    return tick(METRICS, f"executions are counted, {len(namespaces)} namespaces of our own", broken, evidence)


def _own_namespaces(stack: DeployedStack) -> list[str]:
    client = stack.target.client("logs")
    found: set[str] = set()
    for _, group in stack.of_type("AWS::Logs::LogGroup"):
        filters = client.describe_metric_filters(logGroupName=group)["metricFilters"]
        found |= {one["metricNamespace"] for each in filters for one in each["metricTransformations"]}
    return sorted(found)


def alarms(stack: DeployedStack, raised_before: set[str]) -> Tick:
    """Checks that no alarm rang before the trial, and that none rings except for what the trial did on purpose."""
    found = _alarms(stack)
    if not found:
        return not_applicable(ALARMS, "the stack has no alarms: Alarms is not ENABLED")
    dead_letters = stack.target.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    broken = [f"{name}: it was ringing before the trial" for name in sorted(raised_before)]
    evidence = []
    for alarm in found:
        name, rings = alarm["AlarmName"], alarm["StateValue"] == "ALARM"
        if rings and name not in raised_before and not rings_for_a_trial(alarm, dead_letters):
            broken.append(f"{name}: {alarm.get('StateReason', 'it rings')}")
        on_purpose = ", because of the trial" if rings and name not in raised_before else ""
        evidence.append(f"{name}: {alarm['StateValue']}{on_purpose}")
    return tick(ALARMS, f"{len(found)} alarms, none rings for a fault", broken, evidence)


def rings_for_a_trial(alarm: Alarm, dead_letters: str) -> bool:
    """Whether an alarm watches the dead-letter queue, or counts failures, stops or duplicates."""
    own = [one["Value"] for one in alarm.get("Dimensions", [])]
    names = [alarm.get("MetricName", "")]
    names += [one.get("MetricStat", {}).get("Metric", {}).get("MetricName", "") for one in alarm.get("Metrics", [])]
    return dead_letters in own or not set(RUNG_BY_A_TRIAL).isdisjoint(names)


def _alarms(stack: DeployedStack) -> list[Alarm]:
    names = [physical for _, physical in stack.of_type("AWS::CloudWatch::Alarm")]
    if not names:
        return []
    return stack.target.client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]


def scaling(stack: DeployedStack) -> Tick:
    """Checks that the pool's service is a scalable target with a policy."""
    service = stack.target.outputs.get("PoolServiceName")
    if service is None:
        return not_applicable(SCALING, "the stack starts a task for each picture: there is no service to scale")
    if not any(stack.of_type("AWS::ApplicationAutoScaling::ScalableTarget")):
        return not_applicable(SCALING, "the stack has no scalable target: AutoScaling is not ENABLED")
    resource = f"service/{stack.target.outputs['ClusterName']}/{service}"
    client = stack.target.client("application-autoscaling")
    wanted = {"ServiceNamespace": "ecs", "ResourceIds": [resource]}
    targets = client.describe_scalable_targets(**wanted)["ScalableTargets"]
    policies = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=resource)["ScalingPolicies"]
    broken = _none_of(targets, f"scalable target for {resource}") + _none_of(policies, f"policy for {resource}")
    sizes = [f"{resource}: {one['MinCapacity']} to {one['MaxCapacity']} workers" for one in targets]
    evidence = sizes + [f"{one['PolicyName']}: {one['PolicyType']}" for one in policies]
    return tick(SCALING, ", ".join(sizes), broken, evidence)


def _none_of(found: list[Any], what: str) -> list[str]:
    return [] if found else [f"there is no {what}"]


def _until_none(absent: Callable[[], list[str]], sleep: Callable[[float], None]) -> list[str]:
    """Waits until nothing is absent; returns what is still absent when the time is up."""
    for _ in range(PUBLISHED_WITHIN_SECONDS // LOOK_EVERY_SECONDS):
        if not absent():
            return []
        sleep(LOOK_EVERY_SECONDS)
    return absent()
