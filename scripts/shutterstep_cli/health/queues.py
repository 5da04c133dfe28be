"""Checks the queues: how long messages stay hidden, and that the dead-letter queues are empty."""

from collections.abc import Iterator

from shutterstep_cli.health.check import Check, DeployedStack

VISIBILITY_OF_TIMEOUT = 6
BEATS_OF_VISIBILITY = 3
HEARTBEAT_SECONDS = 10
DEAD_LETTERS = {
    "DeadLetterQueueUrl": "see each message with its reason: shutterstep dlq list; "
    "then use shutterstep dlq send, or dlq purge",
    "RenderDeadLetterQueueUrl": "no worker could answer these jobs: look for report_failed in the renderer's log. "
    "Their executions have failed: shutterstep dlq purge --queue jobs, then shutterstep replay",
    "ReleaseDeadLetterQueueUrl": "EventBridge could not start the release workflow: check its role, then "
    "shutterstep dlq purge --queue release. The ids become free when their leases expire",
    "WebhookDeadLetterQueueUrl": "the webhook refused these events: see why with shutterstep dlq list --queue webhook; "
    "then shutterstep dlq purge --queue webhook",
}


def checks(stack: DeployedStack) -> Iterator[Check]:
    """Yields the checks of each queue."""
    yield request_visibility(stack)
    yield event_source(stack)
    if stack.parameters.get("RenderMode") == "pool":
        yield job_visibility(stack)
    else:
        yield nobodys_jobs(stack)
    for output, fix in DEAD_LETTERS.items():
        if output in stack.target.outputs:
            yield empty(stack, output, fix)


def request_visibility(stack: DeployedStack) -> Check:
    """Checks that the visibility timeout is at least six times the function's timeout, as Lambda recommends."""
    hidden = int(stack.queue_attributes("RequestQueueUrl")["VisibilityTimeout"])
    function = stack.physical("StarterFunction")
    timeout = stack.target.client("lambda").get_function_configuration(FunctionName=function)["Timeout"]
    found = f"RequestQueue hides a message for {hidden} s, the starter may take {timeout} s"
    if hidden >= VISIBILITY_OF_TIMEOUT * timeout:
        return Check("request visibility", "pass", found)
    least = VISIBILITY_OF_TIMEOUT * timeout
    return Check("request visibility", "fail", found, f"deploy with VisibilityTimeout={least} or more")


def event_source(stack: DeployedStack) -> Check:
    """Checks for partial batch responses, because without them one bad message makes its whole batch return."""
    function = stack.physical("StarterFunction")
    sources = stack.target.client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    enabled = [source for source in sources if source.get("State") in ("Enabled", "Creating", "Updating", "Enabling")]
    if not enabled:
        return Check(
            "event source", "fail", "RequestQueue does not start the starter", "enable its event source mapping"
        )
    if any("ReportBatchItemFailures" not in source.get("FunctionResponseTypes", []) for source in enabled):
        return Check(
            "event source",
            "fail",
            "one failed message makes its whole batch fail",
            "deploy the template again: it was changed by hand",
        )
    return Check("event source", "pass", "RequestQueue starts the starter; failures are reported for each message")


def job_visibility(stack: DeployedStack) -> Check:
    """Checks the jobs' visibility timeout: the worker extends it at every heartbeat, and two may be lost."""
    hidden = int(stack.queue_attributes("RenderQueueUrl")["VisibilityTimeout"])
    least = BEATS_OF_VISIBILITY * HEARTBEAT_SECONDS
    every = min(HEARTBEAT_SECONDS, hidden / BEATS_OF_VISIBILITY)
    found = f"RenderQueue hides a job for {hidden} s, its worker extends that every {every:g} s"
    if hidden >= least or stack.is_local:
        return Check("job visibility", "pass", found)
    return Check(
        "job visibility",
        "warn",
        f"{found}: after a short stall a second worker would receive the job",
        f"PoolVisibilityTimeout={least}",
    )


def nobodys_jobs(stack: DeployedStack) -> Check:
    """Checks for jobs of executions that began while the stack had a pool, for which no worker is left."""
    attributes = stack.queue_attributes("RenderQueueUrl")
    count = sum(int(attributes[f"ApproximateNumberOfMessages{state}"]) for state in ("", "NotVisible"))
    if count == 0:
        return Check("jobs of a pool", "pass", "none is left")
    fix = "deploy with RenderMode=pool until RenderQueue is empty, or after their time-out run: shutterstep replay"
    return Check("jobs of a pool", "fail", f"{count} wait for a worker, and the stack has no pool", fix)


def empty(stack: DeployedStack, output: str, fix: str) -> Check:
    """Checks that a dead-letter queue is empty."""
    name = output.removesuffix("Url")
    count = int(stack.queue_attributes(output)["ApproximateNumberOfMessages"])
    if count == 0:
        return Check(name, "pass", "empty")
    return Check(name, "fail", f"{count} messages", fix)
