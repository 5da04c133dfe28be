"""Data for the console's tests: a success, a duplicate that skipped, a retry and a failure, and many executions."""

import io
import json
import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PIL import Image

from shutterstep_cli.local.local_stack import task_logs
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from tests.end_to_end.slow_site import SlowSite, free_port
from tests.waiting import wait_for

# A page that tries to run its script in the console.
HOSTILE_TITLE = "<img src=x onerror=\"document.body.id='owned'\"><script>document.body.id='owned'</script>"
HOSTILE_PAGE = (
    "<!doctype html><title>" + HOSTILE_TITLE.replace("<", "&lt;") + "</title><body style='background:#00ff00'>"
).encode()


@dataclass
class Stories:
    """One shot each; `down` is the address at which `failure` found no server, and `down_port` its port."""

    success: Shot
    skip: Shot
    retry: Shot
    failure: Shot
    down_port: int


def tell(target: Target) -> Stories:
    """Sends them, and kills the renderer of the retried one while it renders."""
    hostile, slow, port = SlowSite(HOSTILE_PAGE), SlowSite(), free_port()
    hostile.let.set()
    try:
        request = {"id": f"told-{uuid.uuid4().hex[:8]}", "url": hostile.url}
        success = _ended(target, submit(target, request))
        skip = _ended(target, submit(target, request))
        failure = _ended(target, submit(target, {"url": f"http://127.0.0.1:{port}/"}))
        return Stories(success, skip, _retried(target, slow), failure, port)
    finally:
        hostile.close()
        slow.close()


def _retried(target: Target, site: SlowSite) -> Shot:
    shot = submit(target, {"url": site.url, "timeoutMs": 60000})
    wait_for(lambda: site.asked == 1)
    for renderer in task_logs().glob("*.pid"):
        os.killpg(int(renderer.read_text()), signal.SIGKILL)
    wait_for(lambda: site.asked == 2)
    site.let.set()
    return _ended(target, shot)


def _ended(target: Target, shot: Shot) -> Shot:
    follow(target, [shot], lambda: None, 120)
    return shot


DETAILS: dict[str, Any] = {
    "truncated": True,
    "phases": {"navigate": 120, "wait": 30, "capture": 60},
    "redirects": ["http://example.com/old"],
    "requests": 7,
    "console_errors": [],
}


def picture(target: Target) -> dict[str, Any]:
    """The output of a success whose renderer told details."""
    data = io.BytesIO()
    Image.new("RGB", (600, 400), "green").save(data, "PNG")
    key = "shots/many/0.png"
    target.client("s3").put_object(Bucket=target.outputs["BucketName"], Key=key, Body=data.getvalue())
    size = {"width": 600, "height": 400, "bytes": len(data.getvalue()), "content_type": "image/png"}
    return {"status": "success", "s3_bucket": target.outputs["BucketName"], "s3_key": key, "details": DETAILS, **size}


def stack_of_many(target: Target, count: int) -> str:
    """A second stack beside the first, with its outputs but a workflow of one state, which ended `count` times."""
    name = f"many-{uuid.uuid4().hex[:6]}"
    end = "SkipAlreadyProcessed"
    definition = json.dumps({"StartAt": end, "States": {end: {"Type": "Succeed"}}})
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"DefinitionString": definition, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
    }
    outputs: dict[str, Any] = {key: {"Value": value} for key, value in target.outputs.items()}
    outputs["StateMachineArn"] = {"Value": {"Ref": "Many"}}
    template = {"Resources": {"Role": role, "Many": machine}, "Outputs": outputs}
    formation = target.client("cloudformation")
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    many = Target(target.session, name, target.endpoint_url)
    sfn, arn = many.client("stepfunctions"), many.outputs["StateMachineArn"]

    def start(number: int) -> None:
        output: dict[str, Any] = {"id": f"many-{number:04}", "url": f"http://example.com/{number}", "status": "skipped"}
        output |= picture(target) if number == 0 else {}
        sfn.start_execution(stateMachineArn=arn, name=f"many-{number:04}", input=json.dumps(output))

    with ThreadPoolExecutor(8) as starters:
        list(starters.map(start, range(count)))
    return name
