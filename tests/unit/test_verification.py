"""The ticks of `shutterstep verify`: each violation of a guarantee makes its own tick missing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shutterstep_cli.health.check import DeployedStack
from shutterstep_cli.stack.executions import Execution
from shutterstep_cli.stack.replay_item import ReplayItem
from shutterstep_cli.verification.account_ticks import account_ticks, raised, rings_for_a_trial
from shutterstep_cli.verification.checklist import Checklist
from shutterstep_cli.verification.observed import Observed
from shutterstep_cli.verification.ticks import ticks
from shutterstep_cli.verification.trial import race_input
from shutterstep_cli.verification.trial_record import TrialMessage, TrialRecord
from shutterstep_cli.verification.verification_report import VerificationReport

PREFIX, NOW = "verify-1-", datetime(2026, 1, 1, tzinfo=UTC)
Seen = tuple[TrialRecord, Observed]


def execution(name: str, outcome: str, reason: str = "") -> Execution:
    id_ = name.partition("--")[0]
    status = "FAILED" if outcome == "failed" else "RUNNING" if outcome == "running" else "SUCCEEDED"
    output = {"id": id_, "status": outcome, "reason": reason} if status == "SUCCEEDED" else {}
    return Execution(f"arn:{name}", status, NOW, NOW, {"id": id_}, output, reason if status == "FAILED" else "")


def seen(*, pool: bool = True) -> Seen:
    """A trial in which all went well."""
    parts = ["unique", "held", "stopped", "lost", "race", *(["load"] if pool else [])]
    record = TrialRecord(PREFIX, pool, 0, given_back_seconds=1.5, given_back_code="Shutterstep.ExecutionAborted")
    record.stopped_task, record.lost_errors = "task", ["Render.TaskStopped"]
    record.workers_before, record.workers_after = ["a"], ["b"]
    observed = Observed(waiting={"RequestQueueUrl": 0})
    for part in parts:
        id_, owner = f"{PREFIX}{part}", f"{PREFIX}{part}--1"
        record.messages.append(TrialMessage(id_, part, owner))
        observed.executions[owner] = execution(owner, "success")
        observed.items[id_] = {
            "id": id_,
            "status": "success",
            "claim": owner,
            "s3_key": f"shots/{id_}/1",
            "sha256": part,
        }
        observed.pictures[f"shots/{id_}/1"] = part
    add_skips(record, observed)
    add_failures(record, observed)
    return record, observed


def add_skips(record: TrialRecord, observed: Observed) -> None:
    reasons = ("already_processed", "already_processing", "race_condition_prevented", "conflicting_request")
    for place, reason in enumerate(reasons):
        name = f"{PREFIX}unique--skip-{place}"
        record.messages.append(TrialMessage(f"{PREFIX}unique", "unique", name))
        observed.executions[name] = execution(name, "skipped", reason)


def add_failures(record: TrialRecord, observed: Observed) -> None:
    down, name = f"{PREFIX}down", f"{PREFIX}down--1"
    for one in (name, f"{name}-r"):
        record.messages.append(TrialMessage(down, "down", one))
        observed.executions[one] = execution(one, "failed", "Render.DnsFailure")
    observed.items[down] = {"id": down, "status": "failed", "error_code": "Render.DnsFailure", "claim": name}
    observed.dead_letters = [ReplayItem(f"{PREFIX}invalid", "DEAD_LETTER", "Render.InvalidRequest", "format", "")]
    record.replays = [
        ReplayItem(down, "FAILED", "", "", "", new_execution=f"arn:{name}-r", outcome="started"),
        ReplayItem(f"{PREFIX}stopped", "ABORTED", "", "", "", new_execution=f"arn:{PREFIX}stopped--1"),
    ]


@pytest.mark.parametrize(("pool", "apart"), [(True, 0), (False, 1)])
def test_a_trial_in_which_all_went_well_has_every_tick(pool: bool, apart: int) -> None:
    checklist = Checklist(tuple(ticks(*seen(pool=pool))))
    assert checklist.missing == []
    assert sum(tick.status == "not_applicable" for tick in checklist.ticks) == apart
    assert checklist.verdict().startswith("Passed: ")


def item(observed: Observed, part: str) -> dict[str, Any]:
    return observed.items[PREFIX + part]


def rendered_again(observed: Observed) -> None:
    name = f"{PREFIX}unique--2"
    observed.executions[name] = execution(name, "success")


HARMS: list[tuple[str, Callable[[TrialRecord, Observed], Any]]] = [
    ("everything ended", lambda _, o: o.executions.pop(f"{PREFIX}held--1")),
    ("everything ended", lambda _, o: o.executions.update(x=execution("x", "running"))),
    ("one render an id", lambda _, o: rendered_again(o)),
    ("one render an id", lambda _, o: (item(o, "race").update(status="failed"), o.executions.pop(f"{PREFIX}race--1"))),
    ("each skip reason seen", lambda _, o: o.executions.pop(f"{PREFIX}unique--skip-2")),
    ("invalid message in the DLQ with its reason", lambda _, o: o.dead_letters.clear()),
    ("invalid message in the DLQ with its reason", lambda _, o: setattr(o.dead_letters[0], "reason", "")),
    ("a page that is down fails with its code", lambda _, o: item(o, "down").update(error_code="")),
    ("a page that is down fails with its code", lambda _, o: item(o, "down").update(status="processing")),
    ("claims are given back within seconds", lambda r, _: setattr(r, "given_back_seconds", None)),
    ("claims are given back within seconds", lambda r, _: setattr(r, "given_back_seconds", 900.0)),
    ("claims are given back within seconds", lambda r, _: setattr(r, "given_back_code", "")),
    ("a stopped task's page is rendered by another", lambda r, _: setattr(r, "stopped_task", "")),
    ("a stopped task's page is rendered by another", lambda _, o: item(o, "lost").update(status="failed")),
    ("workers are replaced under load", lambda r, _: r.workers_after.clear()),
    ("workers are replaced under load", lambda _, o: item(o, "load").update(status="processing")),
    ("failed executions can be replayed", lambda r, _: r.replays.pop()),
    ("queues are empty", lambda _, o: o.waiting.update(RenderQueueUrl=1)),
    ("no conditional error unhandled", lambda _, o: o.executions.update(x=execution("x", "failed", CONDITION))),
    ("the release workflow did not fail", lambda _, o: o.releases.update(x="FAILED")),
    ("every picture has its item and its SHA-256", lambda _, o: o.pictures.update({f"shots/{PREFIX}held/1": "other"})),
    ("every picture has its item and its SHA-256", lambda _, o: o.pictures.pop(f"shots/{PREFIX}held/1")),
    ("every picture has its item and its SHA-256", lambda _, o: o.pictures.update({f"shots/{PREFIX}nobody/1": "x"})),
]
CONDITION = "DynamoDB.ConditionalCheckFailedException"


@pytest.mark.parametrize(("name", "harm"), HARMS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(HARMS)])
def test_a_harm_makes_its_tick_missing(name: str, harm: Callable[[TrialRecord, Observed], Any]) -> None:
    record, observed = seen()
    harm(record, observed)
    checklist = Checklist(tuple(ticks(record, observed)))
    assert name in checklist.missing
    assert checklist.verdict().startswith("Not passed: ")


def test_every_tick_can_be_missing() -> None:
    assert {tick.name for tick in ticks(*seen())} == {name for name, _ in HARMS}


def test_a_stop_that_the_execution_did_not_hear_of_is_a_missing_tick_where_each_picture_has_a_task() -> None:
    record, observed = seen(pool=False)
    record.lost_errors.clear()
    assert Checklist(tuple(ticks(record, observed))).missing == ["a stopped task's page is rendered by another"]


def test_the_input_of_a_race_is_the_starters_for_another_id() -> None:
    pattern = {"id": "a", "url": "u", "unfinished_shard": 3, "job": {"request": {"id": "a", "html": "h"}}}
    made = race_input(pattern, "b")
    assert (made["id"], made["job"], made["url"]) == ("b", {"request": {"id": "b", "html": "h"}}, "u")


class Account:
    """A stack on AWS whose clients answer with what they are given, by operation."""

    stack_name, endpoint_url = "production", None

    def __init__(self, **answers: Any) -> None:
        self.outputs = {"StateMachineArn": "arn", "DeadLetterQueueUrl": "https://sqs/dead", "ClusterName": "cluster"}
        self.outputs["PoolServiceName"] = "pool"
        self.answers = ON_AWS | answers

    def client(self, service: str) -> Any:
        calls = {name: self._call(value) for name, value in self.answers.items()}
        pages = SimpleNamespace(paginate=lambda **_: [self.answers["filter_log_events"]])
        return SimpleNamespace(**calls, get_paginator=lambda _operation: pages)

    def _call(self, value: Any) -> Callable[..., Any]:
        return lambda **_: value


OK_ALARM = {"AlarmName": "dead", "StateValue": "OK", "Dimensions": [{"Name": "QueueName", "Value": "dead"}]}
ON_AWS: dict[str, Any] = {
    "filter_log_events": {"events": [{"message": "x"}]},
    "describe_state_machine": {"loggingConfiguration": {"level": "ALL"}},
    "describe_metric_filters": {"metricFilters": [{"metricTransformations": [{"metricNamespace": "Shutterstep/x"}]}]},
    "get_metric_statistics": {"Datapoints": [{"Sum": 1.0}]},
    "list_metrics": {"Metrics": [{"MetricName": "Skipped"}]},
    "describe_alarms": {"MetricAlarms": [OK_ALARM]},
    "describe_scalable_targets": {"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 9}]},
    "describe_scaling_policies": {"ScalingPolicies": [{"PolicyName": "p", "PolicyType": "TargetTrackingScaling"}]},
}
RINGING = {"AlarmName": "errors", "StateValue": "ALARM", "MetricName": "Errors"}


def on_aws(**answers: Any) -> DeployedStack:
    stack = DeployedStack(Account(**answers))  # pyright: ignore[reportArgumentType]
    kinds = ("AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::ApplicationAutoScaling::ScalableTarget")
    stack.resources = {kind: (kind, "physical") for kind in (*kinds, "AWS::StepFunctions::StateMachine")}
    return stack


def missing(raised_before: set[str] | None = None, **answers: Any) -> list[str]:
    found = account_ticks(on_aws(**answers), 0, raised_before or set(), sleep=lambda _seconds: None)
    return Checklist(tuple(found)).missing


def test_a_sound_stack_on_aws_has_the_ticks_of_an_account() -> None:
    assert missing() == []


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"filter_log_events": {"events": []}}, "logs are written"),
        ({"get_metric_statistics": {"Datapoints": []}}, "metrics are written"),
        ({"list_metrics": {"Metrics": []}}, "metrics are written"),
        ({"describe_alarms": {"MetricAlarms": [OK_ALARM, RINGING]}}, "alarms are OK"),
        ({"raised_before": {"dead"}}, "alarms are OK"),
        ({"describe_scalable_targets": {"ScalableTargets": []}}, "autoscaling is registered"),
        ({"describe_scaling_policies": {"ScalingPolicies": []}}, "autoscaling is registered"),
    ],
)
def test_what_is_absent_on_aws_is_a_missing_tick(answers: dict[str, Any], name: str) -> None:
    assert missing(**answers) == [name]


def test_the_log_of_a_workflow_that_logs_errors_only_may_be_empty() -> None:
    logging = {
        "level": "ERROR",
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "a:log-group:physical:*"}}],
    }
    answers = {"describe_state_machine": {"loggingConfiguration": logging}, "filter_log_events": {"events": []}}
    stack = on_aws(**answers)
    stack.resources["another"] = ("AWS::Logs::LogGroup", "starter")
    (logs, *_) = account_ticks(stack, 0, set(), sleep=lambda _seconds: None)
    assert logs.found == "starter: no event since the trial began"


def test_an_alarm_that_rings_for_what_a_trial_does_is_no_fault() -> None:
    assert rings_for_a_trial({**OK_ALARM, "StateValue": "ALARM"}, "dead")
    assert rings_for_a_trial({"Metrics": [{"MetricStat": {"Metric": {"MetricName": "ExecutionsFailed"}}}]}, "dead")
    assert not rings_for_a_trial(RINGING, "dead")
    assert missing(describe_alarms={"MetricAlarms": [{**OK_ALARM, "StateValue": "ALARM"}]}) == []


def test_alarms_that_ring_before_the_trial_are_noted() -> None:
    assert raised(on_aws(describe_alarms={"MetricAlarms": [RINGING, OK_ALARM]})) == {"errors"}


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_report_names_every_tick_with_its_evidence_and_lets_no_markup_in(form: str) -> None:
    record, observed = seen()
    item(observed, "down")["error_message"] = "<script>"
    record.note("sending")
    checklist = Checklist(tuple(ticks(record, observed)))
    report = getattr(VerificationReport("here", checklist, tuple(record.steps), "all"), form)()
    assert [
        tick.name
        for tick in checklist.ticks
        if tick.name.replace("'", "&#x27;" if form == "html" else "'") not in report
    ] == []
    assert "Render.InvalidRequest, format" in report
    assert ("<script>" in report) is (form == "markdown")


def test_a_checklist_as_json_has_plain_fields() -> None:
    fields = {"name", "status", "found", "evidence"}
    assert all(set(one) == fields for one in json.loads(json.dumps(Checklist(tuple(ticks(*seen()))).as_json())))
