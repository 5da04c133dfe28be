"""Checks the renderer: its image, the pool's workers, and the quotas for the expected rate."""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.capacity.capacity_plan import Load, Need, needs, tasks_at_once, workers
from shutterstep_cli.capacity.facts import quotas
from shutterstep_cli.capacity.prices import Machine
from shutterstep_cli.health.check import Check, DeployedStack
from shutterstep_cli.stack.image_push import Form, form_of
from shutterstep_cli.stack.image_repository import pushed_image
from shutterstep_cli.stack.pool import pool_of

# Service Quotas' code of "Fargate On-Demand vCPU resource count", the first quota that new accounts reach.
VCPU_QUOTA = "L-3032A538"


def checks(stack: DeployedStack, rate: float | None, render_seconds: float) -> Iterator[Check]:
    """Yields the checks of the renderer; `rate` is in messages a second, None if unknown."""
    yield image(stack)
    yield from cold_start(stack)
    if stack.parameters["RenderMode"] == "pool":
        yield pool(stack)
        yield deployment(stack)
    yield from expected(stack, rate, render_seconds)


def image(stack: DeployedStack) -> Check:
    """Checks that the image exists."""
    if stack.is_local:
        return Check("image", "pass", "none needed: the local stack runs the renderer itself")
    if own := stack.parameters.get("ImageUri"):
        return Check("image", "pass", f"your own, {own}")
    repository = stack.physical("Repository")
    try:
        found = stack.target.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageTag": "latest"}])
    except ClientError as error:
        fix = "build functions/renderer/Dockerfile, and push it to the output RepositoryUri as latest"
        return Check("image", "fail", f"{repository}:latest: {error}", fix)
    pushed = found["imageDetails"][0]["imagePushedAt"]
    return Check("image", "pass", f"{repository}:latest, pushed {pushed:%Y-%m-%d %H:%M}")


def cold_start(stack: DeployedStack) -> Iterator[Check]:
    """Yields what a cold start fetches from the stack's own repository, and whether its compression starts quickly."""
    if stack.is_local:
        return
    _, _, digest = stack.parameters.get("ImageUri", "").partition("@")
    wanted = {"imageDigest": digest} if digest else {"imageTag": "latest"}
    try:
        found = pushed_image(stack.target, stack.physical("Repository"), wanted)
    except ClientError:
        return
    if found is None:
        return  # another registry's image, or no image, which the check `image` reports
    fetched = f"each task fetches {found.bytes / 1e6:.0f} MB, compressed with {found.compression}"
    advice = {
        Form.GZIP: "; with zstd it would start sooner: install skopeo, then deploy again",
        Form.ZSTD: ", without a SOCI index",
        Form.SOCI: ", and starts before it has all of it: there is a SOCI index",
    }
    yield Check("cold start", "pass", fetched + advice[form_of(found)])


def pool(stack: DeployedStack) -> Check:
    """Checks that the workers that should run do run."""
    found = pool_of(stack.target)
    if found is None:
        return Check("pool", "fail", "there is no service", "deploy the template again")
    text = f"{found.running} of {found.desired} workers run, {found.backlog.waiting} jobs wait"
    if found.running < found.desired:
        return Check("pool", "warn", text, "wait if they are starting; else see the service's events")
    if found.running == 0 and found.backlog.waiting:
        fix = "autoscaling starts the first within two minutes; else look at PoolNeededAlarm, or set desiredCount"
        return Check("pool", "warn", text, fix)
    return Check("pool", "pass", text)


def deployment(stack: DeployedStack) -> Check:
    """Checks whether the last deployment of the workers succeeded, or was rolled back."""
    name, cluster = stack.target.outputs["PoolServiceName"], stack.target.outputs["ClusterName"]
    service = stack.target.client("ecs").describe_services(cluster=cluster, services=[name])["services"][0]
    states = [item.get("rolloutState", "COMPLETED") for item in service["deployments"]]
    if "FAILED" in states:
        fix = "the circuit breaker put the old workers back: read the new workers' log (no_browser?), then deploy again"
        return Check("pool deployment", "fail", "the last deployment failed", fix)
    if "IN_PROGRESS" in states:
        return Check("pool deployment", "warn", "in progress", "wait until it is done, then run doctor again")
    return Check("pool deployment", "pass", "completed")


def expected(stack: DeployedStack, rate: float | None, render_seconds: float) -> Iterator[Check]:
    """Yields a check for each quota that the rate affects, and for the pool's maximum."""
    if rate is None:
        if stack.is_local:
            return  # there are no quotas
        yield Check("quotas", "warn", "not checked: the expected rate is not known", "give --rate MESSAGES_A_SECOND")
        return
    load = load_of(stack, rate, render_seconds)
    if stack.parameters["RenderMode"] == "pool":
        yield pool_maximum(stack, workers(load))
    if not stack.is_local:
        yield from (quota(need) for need in needed(stack, load))


def load_of(stack: DeployedStack, rate: float, render_seconds: float) -> Load:
    """Returns the load of this rate with the stack's task size."""
    machine = Machine(vcpu=int(stack.parameters["TaskCpu"]) / 1024, gb=int(stack.parameters["TaskMemory"]) / 1024)
    return Load(rate, render_seconds, machine=machine, slots=int(stack.parameters["PoolConcurrency"]))


def needed(stack: DeployedStack, load: Load) -> list[Need]:
    """Returns the quota needs, compared with the default quotas, and for Fargate's vCPUs with this account's quota."""
    limits = quotas("large", vcpus=_vcpus(stack))
    if stack.parameters["RenderMode"] == "pool":
        return needs(load, "pool", workers(load), limits)
    return needs(load, "task", tasks_at_once(load), limits)


def _vcpus(stack: DeployedStack) -> float | None:
    try:
        client = stack.target.client("service-quotas")
        return client.get_service_quota(ServiceCode="fargate", QuotaCode=VCPU_QUOTA)["Quota"]["Value"]
    except (BotoCoreError, ClientError):
        return None


def pool_maximum(stack: DeployedStack, wanted: int) -> Check:
    """Checks whether autoscaling may start as many workers as the rate needs."""
    maximum = int(stack.parameters["PoolMaximum"])
    found = f"the rate needs {wanted} workers, PoolMaximum is {maximum}"
    if wanted <= maximum:
        return Check("pool maximum", "pass", found)
    return Check("pool maximum", "fail", found, f"deploy with PoolMaximum={wanted}")


def quota(need: Need) -> Check:
    """Checks one quota against what the rate needs."""
    found = f"needs {need.needed:,.0f} of {need.default:,.0f}"
    if need.to_file is None:
        return Check(f"quota: {need.name}", "pass", found)
    fix = f"ask for {need.to_file:,.0f} in Service Quotas ({need.service}), unless you already have it"
    return Check(f"quota: {need.name}", "fail", found, fix)
