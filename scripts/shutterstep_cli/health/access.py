"""Checks that somebody receives the alarms, that roles allow what the parts do, and that items expire."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from shutterstep_cli.health.check import Check, DeployedStack

# For each role, the actions it needs, and on which resource.
ANSWERS = dict.fromkeys(("states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"), "machine")
RENDERS = {"s3:PutObject": "shot", "s3:GetObject": "request", **ANSWERS}
TAKES = ("sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage")
NEEDED = {
    "StarterRole": {
        "states:StartExecution": "machine",
        **dict.fromkeys(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), "RequestQueue"),
        "sqs:SendMessage": "DeadLetterQueue",
        "s3:PutObject": "request",
    },
    "ScreenshotRole": {
        "dynamodb:UpdateItem": "table",
        "dynamodb:GetItem": "table",
        "ecs:RunTask": "task",
        "sqs:SendMessage": "RenderQueue",
    },
    "ReleaseRole": {
        "dynamodb:UpdateItem": "table",
        "states:SendTaskFailure": "machine",
        "dynamodb:GetItem": "pool table",
        "sqs:ChangeMessageVisibility": "RenderQueue",
    },
    "SweepRole": {"dynamodb:Query": "unfinished", "dynamodb:UpdateItem": "table"},
    "RenderTaskRole": RENDERS,
    "PoolTaskRole": {**dict.fromkeys(TAKES, "RenderQueue"), "dynamodb:UpdateItem": "pool table", **RENDERS},
}


def checks(stack: DeployedStack) -> Iterator[Check]:
    """Yields the checks of alarms, roles and expiry."""
    yield from alarms(stack)
    yield expiry(stack)
    for role, actions in NEEDED.items():
        # The emulator simulates no context keys, and the role's condition on the cluster needs one.
        yield allowed(stack, role, {a: name for a, name in actions.items() if a != "ecs:RunTask" or not stack.is_local})


def alarms(stack: DeployedStack) -> Iterator[Check]:
    """Checks that no alarm rings and that each one notifies somebody."""
    names = [physical for _, physical in stack.of_type("AWS::CloudWatch::Alarm")]
    if stack.is_local:
        return  # the embedded AWS has no metrics
    if "AlarmTopicArn" not in stack.target.outputs:
        yield Check("alarms", "warn", "the stack has no alarms", "deploy with Alarms=ENABLED")
        return
    found = stack.target.client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]
    raised = sorted(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM")
    missing = sorted(set(names) - {alarm["AlarmName"] for alarm in found})
    if missing:
        yield Check("alarms", "fail", f"deleted: {', '.join(missing)}", "deploy the template again")
    elif raised:
        yield Check("alarms", "fail", f"ringing: {', '.join(raised)}", "see each alarm in docs/OPERATIONS.md")
    else:
        yield Check("alarms", "pass", f"{len(found)} exist, none rings")
    yield hearers(stack)


def hearers(stack: DeployedStack) -> Check:
    """Checks whether anybody has subscribed to the alarms and confirmed."""
    topic = stack.target.outputs["AlarmTopicArn"]
    found = stack.target.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    confirmed = [item for item in found if item["SubscriptionArn"].startswith("arn:")]
    if confirmed:
        return Check("alarm subscribers", "pass", f"{len(confirmed)} confirmed")
    fix = "deploy with AlarmEmail=you@example.com and confirm the mail, or subscribe to the output AlarmTopicArn"
    return Check("alarm subscribers", "fail", f"nobody receives the alarms; {len(found)} unconfirmed", fix)


def expiry(stack: DeployedStack) -> Check:
    """Checks TTL, because items are deleted after `expires_at` only while it is on."""
    table = stack.target.outputs["TableName"]
    answer = stack.target.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if answer["TimeToLiveStatus"] in ("ENABLED", "ENABLING") or stack.is_local:
        return Check("expiry", "pass", "local items are deleted with the stack" if stack.is_local else "TTL is on")
    fix = "items are never deleted now; turn TTL on for the attribute expires_at: aws dynamodb update-time-to-live"
    return Check("expiry", "fail", f"TTL is {answer['TimeToLiveStatus'].lower()}", fix)


def allowed(stack: DeployedStack, role: str, actions: dict[str, str]) -> Check:
    """Checks whether the policies, including boundaries, allow everything the role does."""
    iam = stack.target.client("iam")
    try:
        principal = iam.get_role(RoleName=stack.physical(role))["Role"]["Arn"]
        denied = [action for action, name in actions.items() if not _may(stack, principal, action, name)]
    except ClientError as error:
        return Check(
            role, "warn", f"not checked: {error}", "run doctor with a role that has iam:SimulatePrincipalPolicy"
        )
    if denied:
        fix = (
            "deploy again if a policy was changed by hand; ask the owner if a boundary or organization policy denies it"
        )
        return Check(role, "fail", f"may not {', '.join(denied)}", fix)
    return Check(role, "pass", f"may {', '.join(actions)}")


def _may(stack: DeployedStack, principal: str, action: str, name: str) -> bool:
    cluster = {
        "ContextKeyName": "ecs:cluster",
        "ContextKeyValues": [_arn(stack, "cluster")],
        "ContextKeyType": "string",
    }
    answer = stack.target.client("iam").simulate_principal_policy(
        PolicySourceArn=principal,
        ActionNames=[action],
        ResourceArns=[_arn(stack, name)],
        ContextEntries=[cluster] if action == "ecs:RunTask" else [],
    )
    return answer["EvaluationResults"][0]["EvalDecision"] == "allowed"


def _arn(stack: DeployedStack, name: str) -> str:
    outputs = stack.target.outputs
    machine = outputs["StateMachineArn"]
    _, partition, _, region, account, *_ = machine.split(":")
    if name.endswith("Queue"):
        return f"arn:{partition}:sqs:{region}:{account}:{outputs[f'{name}Url'].rpartition('/')[2]}"
    return {
        "machine": machine,
        "pool table": f"arn:{partition}:dynamodb:{region}:{account}:table/{outputs.get('PoolTableName', '')}",
        "table": f"arn:{partition}:dynamodb:{region}:{account}:table/{outputs['TableName']}",
        "unfinished": f"arn:{partition}:dynamodb:{region}:{account}:table/{outputs['TableName']}/index/unfinished",
        "task": outputs["TaskDefinitionArn"],
        "cluster": f"arn:{partition}:ecs:{region}:{account}:cluster/{outputs['ClusterName']}",
        "shot": f"arn:{partition}:s3:::{outputs['BucketName']}/shots/a.png",
        "request": f"arn:{partition}:s3:::{outputs['BucketName']}/requests/a.json",
    }[name]
