"""Queues: how long messages stay hidden, and that nothing lies in a dead-letter queue."""

from collections.abc import Iterator

from shutterstep_cli.health.check import Check, DeployedStack

VISIBILITY_OF_TIMEOUT = 6
BEATS_OF_VISIBILITY = 3
HEARTBEAT_SECONDS = 10
DEAD_LETTERS = {
    "DeadLetterQueueUrl": "shutterstep dlq list shows each with its reason; then shutterstep dlq send, or dlq purge",
    "RenderDeadLetterQueueUrl": "no worker could answer these jobs: look for report_failed in the renderer's log, "
    "then shutterstep dlq purge --queue jobs; their executions have failed or timed out, so replay those",
    "ReleaseDeadLetterQueueUrl": "EventBridge could not start the release workflow: check its role, then "
    "shutterstep dlq purge --queue release; leases free the ids",
    "WebhookDeadLetterQueueUrl": "the webhook did not take these events: shutterstep dlq list --queue webhook says "
    "why; then shutterstep dlq purge --queue webhook",
}


def checks(stack: DeployedStack) -> Iterator[Check]:
    """Runs the checks of each queue."""
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
    """Checks that the visibility is six times the function's timeout, as Lambda asks."""
    hidden = int(stack.queue_attributes("RequestQueueUrl")["VisibilityTimeout"])
    function = stack.physical("StarterFunction")
    timeout = stack.target.client("lambda").get_function_configuration(FunctionName=function)["Timeout"]
    found = f"RequestQueue hides a message for {hidden} s, the starter may take {timeout} s"
    if hidden >= VISIBILITY_OF_TIMEOUT * timeout:
        return Check("request visibility", "pass", found)
    least = VISIBILITY_OF_TIMEOUT * timeout
    return Check("request visibility", "fail", found, f"deploy with VisibilityTimeout={least} or more")


def event_source(stack: DeployedStack) -> Check:
    """Without partial responses one bad message makes its whole batch come again."""
    function = stack.physical("StarterFunction")
    sources = stack.target.client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    enabled = [source for source in sources if source.get("State") in ("Enabled", "Creating", "Updating", "Enabling")]
    if not enabled:
        return Check(
            "event source", "fail", "RequestQueue does not start the starter", "enable its event source mapping"
        )
    if any("ReportBatchItemFailures" not in source.get("FunctionResponseTypes", []) for source in enabled):
        return Check(
            "event source", "fail", "batches fail as a whole", "deploy the template again: it was changed by hand"
        )
    return Check("event source", "pass", "RequestQueue starts the starter, failures message by message")


def job_visibility(stack: DeployedStack) -> Check:
    """A worker extends it at every beat; two may be lost."""
    hidden = int(stack.queue_attributes("RenderQueueUrl")["VisibilityTimeout"])
    least = BEATS_OF_VISIBILITY * HEARTBEAT_SECONDS
    every = min(HEARTBEAT_SECONDS, hidden / BEATS_OF_VISIBILITY)
    found = f"RenderQueue hides a job for {hidden} s, its worker extends that every {every:g} s"
    if hidden >= least or stack.is_local:
        return Check("job visibility", "pass", found)
    return Check(
        "job visibility",
        "warn",
        f"{found}: a short stall gives it to a second worker",
        f"PoolVisibilityTimeout={least}",
    )


def nobodys_jobs(stack: DeployedStack) -> Check:
    """Jobs of executions that began while the stack had a pool; no worker is there for them any more."""
    attributes = stack.queue_attributes("RenderQueueUrl")
    count = sum(int(attributes[f"ApproximateNumberOfMessages{state}"]) for state in ("", "NotVisible"))
    if count == 0:
        return Check("jobs of a pool", "pass", "none is left")
    fix = "deploy with RenderMode=pool until RenderQueue is empty, or let them time out and run: shutterstep replay"
    return Check("jobs of a pool", "fail", f"{count} wait for a worker, and the stack has no pool", fix)


def empty(stack: DeployedStack, output: str, fix: str) -> Check:
    """Whether nothing lies in a dead-letter queue."""
    name = output.removesuffix("Url")
    count = int(stack.queue_attributes(output)["ApproximateNumberOfMessages"])
    if count == 0:
        return Check(name, "pass", "empty")
    return Check(name, "fail", f"{count} messages", fix)
