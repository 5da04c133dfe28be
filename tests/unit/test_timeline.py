"""The lines of `shutterstep logs` from AWS: Logs Insights over the stack's own groups, in the words of its parts."""

from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import ANY, Stubber

from shutterstep_cli.stack.executions import Execution, Story
from shutterstep_cli.stack.target import Target
from shutterstep_cli.stack.timeline import Entry, entry_of, of_logs_insights
from shutterstep_cli.workflow.graph import graph_of
from shutterstep_cli.workflow.history import History

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ARN = "arn:aws:states:eu-west-1:123456789012:execution:shots:home--1"


def test_a_line_has_its_own_time_and_component() -> None:
    line = '{"time": "2026-01-02T03:04:05.678Z", "event": "render_started", "id": "home", "service": "starter"}'
    assert entry_of("renderer", line) == Entry("2026-01-02T03:04:05.678Z", "starter", "render_started")
    assert entry_of("emulator", "2026-01-02 03:04:05 INFO started").time == "2026-01-02T03:04:05.000Z"


def test_the_groups_of_the_stack_are_asked_for_the_execution_until_they_answer(monkeypatch: Any) -> None:
    clients = {name: boto3.client(name, region_name="eu-west-1") for name in ("logs", "cloudformation")}
    monkeypatch.setattr(Target, "client", lambda _, name: clients[name])
    resource = {"ResourceType": "AWS::Logs::LogGroup", "LastUpdatedTimestamp": STARTED, "ResourceStatus": "OK"}
    summaries = [
        {**resource, "LogicalResourceId": "StarterLogGroup", "PhysicalResourceId": "shots-starter"},
        {**resource, "LogicalResourceId": "Other", "PhysicalResourceId": "other"},
    ]
    row = [
        {"field": "@timestamp", "value": "2026-01-02 03:04:06.000"},
        {"field": "@message", "value": '{"message": "execution started", "id": "home"}'},
        {"field": "@log", "value": "123456789012:shots-starter"},
    ]
    story = Story(Execution(ARN, "RUNNING", STARTED, STARTED), graph_of({"StartAt": "A", "States": {}}), History())
    with Stubber(clients["logs"]) as logs, Stubber(clients["cloudformation"]) as cloudformation:
        cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": summaries})
        asked = {"logGroupNames": ["shots-starter"], "startTime": ANY, "endTime": ANY, "queryString": ANY}
        logs.add_response("start_query", {"queryId": "q"}, asked)
        logs.add_response("get_query_results", {"status": "Running", "results": []})
        logs.add_response("get_query_results", {"status": "Complete", "results": [row]})
        target = Target(boto3.Session(), "shots")
        found = list(of_logs_insights(target, story, ["home--1"], pause=lambda _: None))
    assert found == [Entry("2026-01-02T03:04:06.000Z", "starter", "execution started")]
