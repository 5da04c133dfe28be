"""Every metric in a dashboard widget, an alarm or a scaling policy is emitted by some part of the stack."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from shutterstep_cli.capacity.facts import price
from tests.unit.cloudformation import ROOT, deployed_workflow, resources, sample, source, workflow

Metric = tuple[str, str, frozenset[str]]

# What AWS's own documentation lists, by namespace: names, and the sets of dimensions under which they are published.
AWS_METRICS: dict[str, list[tuple[set[str], set[str]]]] = {
    "AWS/SQS": [
        (
            {
                "ApproximateAgeOfOldestMessage",
                "ApproximateNumberOfMessagesVisible",
                "ApproximateNumberOfMessagesNotVisible",
                "NumberOfMessagesSent",
                "NumberOfMessagesReceived",
                "NumberOfEmptyReceives",
            },
            {"QueueName"},
        )
    ],
    "AWS/States": [
        (
            {
                "ExecutionsStarted",
                "ExecutionsSucceeded",
                "ExecutionsFailed",
                "ExecutionsTimedOut",
                "ExecutionsAborted",
                "ExecutionThrottled",
                "ExecutionTime",
            },
            {"StateMachineArn"},
        ),
        ({"ThrottledEvents"}, {"ServiceMetric"}),
    ],
    "AWS/Lambda": [({"Invocations", "Errors", "Throttles"}, {"FunctionName"})],
    "AWS/DynamoDB": [
        ({"ConditionalCheckFailedRequests", "WriteThrottleEvents"}, {"TableName"}),
        ({"WriteThrottleEvents"}, {"TableName", "GlobalSecondaryIndexName"}),
    ],
    "AWS/ECS": [({"CPUUtilization", "MemoryUtilization"}, {"ClusterName", "ServiceName"})],
    "ECS/ContainerInsights": [
        ({"RunningTaskCount", "DesiredTaskCount"}, {"ClusterName", "ServiceName"}),
        ({"CpuReserved", "MemoryReserved"}, {"ClusterName"}),
    ],
}
# The resource whose name or ARN a dimension must hold.
KINDS = {
    "QueueName": "AWS::SQS::Queue",
    "StateMachineArn": "AWS::Serverless::StateMachine",
    "FunctionName": "AWS::Serverless::Function",
    "TableName": "AWS::DynamoDB::Table",
    "ClusterName": "AWS::ECS::Cluster",
}
OWN = "Shutterstep/shutterstep"
# They start the first worker and tell nobody.
FOR_THE_POOL = {"PoolNeededAlarm", "PoolStillNeededAlarm"}
ALARMS = resources("AWS::CloudWatch::Alarm")
FILTERS = resources("AWS::Logs::MetricFilter")
DASHBOARD = resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
SEARCH = re.compile(r"""SEARCH\('\{"(?P<namespace>[^",}]+)",(?P<dimensions>[^}]+)\} MetricName="(?P<name>\w+)"'""")
RENDERER = "\n".join(path.read_text() for path in (ROOT / "functions/renderer/renderer").rglob("*.py"))


def widgets() -> list[dict[str, Any]]:
    """The dashboard's widgets with sample values."""
    text, values = DASHBOARD
    known = {name: str(sample(value)) for name, value in values.items()}
    return json.loads(sample({"Fn::Sub": [text, known]}))["widgets"]


def of_widgets() -> Iterator[tuple[Metric, dict[str, str]]]:
    for widget in widgets():
        for row in widget["properties"]["metrics"]:
            if isinstance(row[0], str):
                texts = [item for item in row if isinstance(item, str)]
                dimensions = dict(zip(texts[2::2], texts[3::2], strict=True))
                yield (texts[0], texts[1], frozenset(dimensions)), dimensions
            elif found := SEARCH.search(row[0]["expression"]):
                yield (found["namespace"], found["name"], frozenset(found["dimensions"].split(","))), {}


def of_alarms_and_policies() -> Iterator[tuple[Metric, dict[str, str]]]:
    for name in (*ALARMS, *resources("AWS::ApplicationAutoScaling::ScalingPolicy")):
        for metric in plain_metrics(sample(source()["Resources"][name]["Properties"])):
            dimensions = {pair["Name"]: pair["Value"] for pair in metric.get("Dimensions", [])}
            yield (metric["Namespace"], metric["MetricName"], frozenset(dimensions)), dimensions


def plain_metrics(node: Any) -> Iterator[dict[str, Any]]:
    """Every object with a namespace and a metric's name, anywhere below."""
    if isinstance(node, dict):
        if "Namespace" in node and "MetricName" in node:
            yield node
        for value in node.values():
            yield from plain_metrics(value)
    elif isinstance(node, list):
        for value in node:
            yield from plain_metrics(value)


def emitted() -> set[Metric]:
    aws = {
        (namespace, name, frozenset(dimensions))
        for namespace, groups in AWS_METRICS.items()
        for names, dimensions in groups
        for name in names
    }
    return aws | from_filters() | from_the_starter() | from_the_sweep()


def from_filters() -> set[Metric]:
    found = [sample(made) for properties in FILTERS.values() for made in properties["MetricTransformations"]]
    return {
        (made["MetricNamespace"], made["MetricName"], frozenset(pair["Key"] for pair in made.get("Dimensions", [])))
        for made in found
    }


def from_the_starter() -> set[Metric]:
    """What its code counts, under the one dimension that Powertools adds, in the namespace of its environment."""
    tree = ast.parse((ROOT / "functions/starter/starter/app.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "add_metric" in ast.unparse(node.func)]
    variables = resources("AWS::Serverless::Function")["StarterFunction"]["Environment"]["Variables"]
    namespace = sample(variables["POWERTOOLS_METRICS_NAMESPACE"])
    return {(namespace, ast.literal_eval(call.args[0]), frozenset({"service"})) for call in calls}


def from_the_sweep() -> set[Metric]:
    """What the workflow itself puts."""
    put = deployed_workflow("SweepStateMachine")["States"]["CountSwept"]["Arguments"]
    return {(put["Namespace"], metric["MetricName"], frozenset()) for metric in put["MetricData"]}


NAMED = [*of_widgets(), *of_alarms_and_policies()]


def test_what_is_watched_is_emitted() -> None:
    unknown = {metric for metric, _ in NAMED} - emitted()
    assert sorted(map(str, unknown)) == []


def test_what_the_stack_counts_itself_is_watched() -> None:
    own = from_filters() | from_the_starter() | from_the_sweep()
    assert own - {metric for metric, _ in NAMED} == {(OWN, "ExecutionStarted", frozenset({"service"}))}


@pytest.mark.parametrize(("kind", "dimension"), [(kind, name) for name, kind in KINDS.items()])
def test_a_dimension_names_a_resource_of_the_stack(kind: str, dimension: str) -> None:
    values = {dimensions[dimension] for _, dimensions in NAMED if dimension in dimensions}
    names = {name.lower() for name in resources(kind)}
    assert values
    assert {value.rpartition(":")[2].removesuffix("-queuename") for value in values} <= names


def test_every_widget_has_a_title_and_a_place_of_its_own() -> None:
    places = [(widget["x"], widget["y"]) for widget in widgets()]
    assert len(set(places)) == len(places)
    assert all(widget["properties"]["title"] and widget["properties"]["region"] for widget in widgets())


def test_an_expression_uses_only_ids_of_its_widget_or_alarm() -> None:
    rows = [[row[-1] for row in widget["properties"]["metrics"]] for widget in widgets()]
    rows += [
        [{"id": metric["Id"], "expression": metric.get("Expression", "")} for metric in alarm["Metrics"]]
        for alarm in ALARMS.values()
        if "Metrics" in alarm
    ]
    for row in rows:
        ids = {item["id"] for item in row if "id" in item}
        for expression in (item["expression"] for item in row if item.get("expression")):
            words = set(re.findall(r"\b[a-z_]+\b", re.sub(r"'[^']*'", "", expression)))
            assert words <= ids, expression


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_of_the_renderers_log_reads_what_the_renderer_writes(name: str) -> None:
    text = json.dumps(FILTERS[name])
    for event in re.findall(r'\$\.event = \\"(\w+)\\"', text):
        assert f'write("{event}"' in RENDERER
    for field in set(re.findall(r"\$\.(\w+)", text)) - {"event", "type", "details"}:
        assert re.search(rf'\b{field}=|"{field}"', RENDERER), field


def test_only_skips_are_succeed_states_and_the_dashboard_shows_each() -> None:
    states = workflow("statemachine/screenshot.asl.json")["States"]
    succeed = {name for name, state in states.items() if state["Type"] == "Succeed"}
    shown = {dimensions["State"] for _, dimensions in of_widgets() if "State" in dimensions}
    assert succeed == shown


def test_the_workflow_logs_every_step_and_no_data() -> None:
    logging = resources("AWS::Serverless::StateMachine")["ScreenshotStateMachine"]["Logging"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)


def test_every_alarm_for_a_person_tells_somebody_says_when_it_is_over_and_where_to_read() -> None:
    told = {name: alarm for name, alarm in ALARMS.items() if name not in FOR_THE_POOL}
    for name, alarm in told.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        assert "docs/OPERATIONS.md" in alarm["AlarmDescription"], name
        if name != "PoolNotStartingAlarm":
            assert alarm["TreatMissingData"] == "notBreaching", name


def test_each_thing_that_goes_wrong_has_its_alarm() -> None:
    assert set(ALARMS) == {
        "RequestsTooOldAlarm",
        "JobsTooOldAlarm",
        "DeadLettersAlarm",
        "RenderDeadLettersAlarm",
        "ReleaseDeadLettersAlarm",
        "WebhookDeadLettersAlarm",
        "ReleaseFailedAlarm",
        "FailureRatioAlarm",
        "ThrottlingAlarm",
        "StarterErrorsAlarm",
        "DuplicatesAlarm",
        "PoolAtMaximumAlarm",
        "PoolNotStartingAlarm",
        "RequestsNotTakenAlarm",
        "ClaimsSweptAlarm",
        "SweepFailedAlarm",
        *FOR_THE_POOL,
    }


def test_every_queue_of_dead_letters_has_an_alarm() -> None:
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in ALARMS.values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    }
    assert watched == {name for name in resources("AWS::SQS::Queue") if "DeadLetter" in name}


def test_every_log_group_forgets() -> None:
    groups = resources("AWS::Logs::LogGroup")
    assert {json.dumps(group["RetentionInDays"]) for group in groups.values()} == {'{"Ref": "LogRetentionDays"}'}


def test_the_dashboards_prices_are_those_of_the_cost_model() -> None:
    values = DASHBOARD[1]
    for name, key in {"VcpuHour": "vcpu_hour", "GbHour": "gb_hour"}.items():
        assert values[name] == {"Fn::If": ["Arm", str(price(f"{key}_arm")), str(price(f"{key}_x86"))]}
    assert float(values["Transition"]) == price("transition")


def test_a_metric_that_is_late_is_not_taken_for_an_empty_pool() -> None:
    """FILL would make a missing count of workers a zero; test_alarms.py has the alarms of the first worker."""
    policies = resources("AWS::ApplicationAutoScaling::ScalingPolicy").values()
    tracking = [policy.get("TargetTrackingScalingPolicyConfiguration", {}) for policy in policies]
    metrics = [
        metric for rule in tracking for metric in rule.get("CustomizedMetricSpecification", {}).get("Metrics", [])
    ]
    (expression,) = [metric["Expression"] for metric in metrics if "Expression" in metric]
    assert "FILL" not in expression


def test_the_first_worker_is_not_started_by_a_metric_of_an_idle_queue() -> None:
    namespaces = {metric["Namespace"] for metric in plain_metrics(sample(ALARMS["PoolNeededAlarm"]))}
    assert namespaces == {OWN, "ECS/ContainerInsights"}
