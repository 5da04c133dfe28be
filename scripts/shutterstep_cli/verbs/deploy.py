"""`shutterstep deploy`: image, template and outputs, in steps that a person could also type."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.stack.first_deployment import first_steps, parameter_of
from shutterstep_cli.stack.image_push import push_steps
from shutterstep_cli.stack.image_repository import IMAGE, ImageRepository, tag_of
from shutterstep_cli.stack.target import Target, aws_session
from shutterstep_cli.steps import Step, run_steps
from shutterstep_cli.template_parameters import problem_with
from shutterstep_cli.trouble import CommandError, does_not_exist
from shutterstep_cli.verbs.image import PLATFORMS, build_step, refuse_other_architecture

PROTECTED = "DeletionProtection=ENABLED"
# A state machine's name has at most 80 characters, and the longest one of the stack ends in -screenshot.
LONGEST_NAME = 80 - len("-screenshot")
PARAMETER = re.compile(r"\w+=.*", re.DOTALL)


def deploy(
    stack: Annotated[str, typer.Option(help="Name of the CloudFormation stack.")] = "shutterstep",
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of template.yaml; repeatable.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply change sets without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the commands.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The outputs as one JSON object.")] = False,
) -> None:
    """Deploy to AWS, with the credentials and region of the environment: image, template, outputs.

    A new stack is deployed twice: the first deployment makes the repository for the image. Run the same command again
    after a failure or a change: finished steps are skipped.

    Examples: shutterstep deploy --dry-run
              shutterstep deploy --stack shots --set RenderMode=pool --set PoolMaximum=50
    """
    given = sets or []
    if len(stack) > LONGEST_NAME:
        raise typer.BadParameter(
            f"must have at most {LONGEST_NAME} characters, because the workflows are named after it",
            param_hint="--stack",
        )
    for one in given:
        if not PARAMETER.fullmatch(one):
            raise typer.BadParameter(f"{one}: write NAME=VALUE", param_hint="--set")
        if problem := problem_with(one.partition("=")[0]):
            raise typer.BadParameter(problem, param_hint="--set")
    if dry_run:
        _show_steps(stack, given, yes=yes)
        return
    target = Target(aws_session(), stack)
    status = _status(target)  # asks AWS before anything is built: credentials and region must work
    run_steps(_before_the_image(target, given, status=status, yes=yes), dry_run=False)
    was_there = status is not None and _has_repository(target)
    made = target if was_there else Target(aws_session(), stack)
    if not _has_repository(made):
        raise CommandError(f"Stack {stack} was not made: its change set was declined. Nothing was deployed.", 1)
    run_steps(_image_and_stack(made, given, yes=yes), dry_run=False)
    _show(Target(aws_session(), stack).outputs, as_json=as_json)


def _show_steps(stack: str, given: list[str], *, yes: bool) -> None:
    """Print the steps. If AWS can be asked, they use what it says of the stack; the rest are placeholders."""
    target = Target(aws_session(), stack)
    try:
        status, there = _status(target), _has_repository(target)
    except (BotoCoreError, ClientError):
        status, there = None, False
    run_steps(_before_the_image(target, given, status=status, yes=yes), dry_run=True)
    image = _image_of(target, tag_of(IMAGE)) if there else None
    uri = image or f"{target.outputs['RepositoryUri'] if there else 'REPOSITORY'}@DIGEST"
    push = Step("push the image to the repository", ("shutterstep", "image", "push", "--stack", stack))
    run_steps([push, _with_image(target, given, uri, yes=yes)], dry_run=True)


def _before_the_image(target: Target, given: list[str], *, status: str | None, yes: bool) -> Iterator[Step]:
    yield from first_steps(target, status)
    yield build_step(_architecture(target, given, status))
    yield Step("package the starter and the layer", ("sam", "build"))
    # A pool would wait for an image that cannot be in the repository yet.
    has_stack = status is not None and _has_repository(target)
    first = [one for one in given if not one.startswith("RenderMode=")]
    yield Step("make the stack, and its repository", _sam_deploy(target, first, yes=yes), lambda: has_stack)


def _image_and_stack(target: Target, given: list[str], *, yes: bool) -> Iterator[Step]:
    """Yields the steps that push the image and deploy it.

    Raises CommandError when the image or its digest is unknown.
    """
    tag = tag_of(IMAGE)
    if tag is None:
        raise CommandError(f"There is no image {IMAGE} in your engine. Build it: make image")
    refuse_other_architecture(_set_to("TaskArchitecture", given) or target.outputs.get("TaskArchitecture"), IMAGE)
    yield from push_steps(ImageRepository(target), IMAGE, tag)
    uri = _image_of(target, tag)
    if uri is None:
        raise CommandError(f"The registry has no image {IMAGE}:{tag} after the push. Run the same again.", 1)
    # A stack that has no image of its own yet has just been made: from now on its table is protected against deletion.
    protected = [] if parameter_of(target, "ImageUri") or _set_to("DeletionProtection", given) else [PROTECTED]
    yield _with_image(target, [*given, *protected], uri, yes=yes)
    if parameter_of(target, "ImageUri") != uri:
        raise CommandError("The change set was declined: the image is pushed, and the stack is as it was.", 1)


def _image_of(target: Target, tag: str | None) -> str | None:
    """Returns the address, by digest, of the image pushed under the tag; None if none was."""
    found = ImageRepository(target).pushed(tag) if tag else None
    return f"{target.outputs['RepositoryUri']}@{found.digest}" if found else None


def _with_image(target: Target, given: list[str], uri: str, *, yes: bool) -> Step:
    return Step("deploy the template with the image", _sam_deploy(target, [*given, f"ImageUri={uri}"], yes=yes))


def _sam_deploy(target: Target, parameters: list[str], *, yes: bool) -> tuple[str, ...]:
    command = ["sam", "deploy", "--stack-name", target.stack_name, "--no-fail-on-empty-changeset"]
    # The SAM CLI finds its region in its own way; the command and SAM must use the same one.
    region = target.session.region_name
    command += ["--region", region] if region else []
    command += ["--no-confirm-changeset"] if yes else []
    command += ["--parameter-overrides", *parameters] if parameters else []
    return tuple(command)


def _architecture(target: Target, given: list[str], status: str | None) -> str:
    """Returns the architecture to build the image for: the value given now, the stack's, or the template's default."""
    deployed = target.outputs.get("TaskArchitecture") if status is not None else None
    wanted = _set_to("TaskArchitecture", given) or deployed or "X86_64"
    if wanted not in PLATFORMS:
        raise CommandError(f"TaskArchitecture is {wanted}; it must be one of {', '.join(PLATFORMS)}")
    return wanted


def _set_to(name: str, given: list[str]) -> str | None:
    """Returns the value that --set gives to a parameter; None if it gives none."""
    values = dict(one.split("=", 1) for one in given)
    return values.get(name)


def _status(target: Target) -> str | None:
    """Returns the stack's status; None if there is no stack. Raises every error but "does not exist"."""
    try:
        return target.outputs.status
    except ClientError as error:
        if does_not_exist(error):
            return None
        raise


def _has_repository(target: Target) -> bool:
    """Whether the stack and its repository exist. Raises every error but "does not exist"."""
    try:
        return "RepositoryUri" in target.outputs
    except ClientError as error:
        if does_not_exist(error):
            return False
        raise


def _show(outputs: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outputs))
        return
    for name, value in outputs.items():
        typer.echo(f"{name} = {value}")
