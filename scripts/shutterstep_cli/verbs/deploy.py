"""`shutterstep deploy`: image, template and outputs, in steps that a person could type."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.stack.image_repository import IMAGE, ImageRepository, push_steps, tag_of
from shutterstep_cli.stack.target import Target, aws_session
from shutterstep_cli.steps import Step, run_steps
from shutterstep_cli.trouble import CommandError, does_not_exist
from shutterstep_cli.verbs.image import build_step

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

    A stack that is new is deployed twice: the first makes the repository that the image goes to. Run it again after a
    failure, or after a change: what is done is not done twice.

    Examples: shutterstep deploy --dry-run
              shutterstep deploy --stack shots --set RenderMode=pool --set PoolMaximum=50
    """
    given = sets or []
    for one in given:
        if not PARAMETER.fullmatch(one):
            raise typer.BadParameter(f"{one}: write NAME=VALUE", param_hint="--set")
    if dry_run:
        _show_steps(stack, given, yes=yes)
        return
    target = Target(aws_session(), stack)
    is_new = not _has_repository(target)  # asks AWS before anything is built: credentials and region must work
    run_steps(_before_the_image(target, given, is_new=is_new, yes=yes), dry_run=False)
    run_steps(_image_and_stack(Target(aws_session(), stack), given, yes=yes), dry_run=False)
    _show(Target(aws_session(), stack).outputs, as_json=as_json)


def _show_steps(stack: str, given: list[str], *, yes: bool) -> None:
    """What would be done, with what AWS says of the stack where it can be asked, and placeholders for the rest."""
    target = Target(aws_session(), stack)
    try:
        there = _has_repository(target)
    except (BotoCoreError, ClientError):
        there = False
    run_steps(_before_the_image(target, given, is_new=not there, yes=yes), dry_run=True)
    image = _image_of(target, tag_of(IMAGE)) if there else None
    uri = image or f"{target.outputs['RepositoryUri'] if there else 'REPOSITORY'}@DIGEST"
    push = Step("push the image to the repository", ("shutterstep", "image", "push", "--stack", stack))
    run_steps([push, _with_image(target, given, uri, yes=yes)], dry_run=True)


def _before_the_image(target: Target, given: list[str], *, is_new: bool, yes: bool) -> Iterator[Step]:
    yield build_step()
    yield Step("package the starter and the layer", ("sam", "build"))
    # A pool would wait for an image that cannot be there yet.
    first = [one for one in given if not one.startswith("RenderMode=")]
    yield Step("make the stack, and its repository", _sam_deploy(target, first, yes=yes), lambda: not is_new)


def _image_and_stack(target: Target, given: list[str], *, yes: bool) -> Iterator[Step]:
    """Raises CommandError where the image or its digest is not known: nothing is deployed with a guess."""
    tag = tag_of(IMAGE)
    if tag is None:
        raise CommandError(f"There is no image {IMAGE} in your engine. Build it: make image")
    yield from push_steps(ImageRepository(target), IMAGE, tag)
    uri = _image_of(target, tag)
    if uri is None:
        raise CommandError(f"The registry has no image {IMAGE}:{tag} after the push. Run the same again.", 1)
    yield _with_image(target, given, uri, yes=yes)


def _image_of(target: Target, tag: str | None) -> str | None:
    """The address by digest of what was pushed under the tag; None if nothing was."""
    found = ImageRepository(target).pushed(tag) if tag else None
    return f"{target.outputs['RepositoryUri']}@{found.digest}" if found else None


def _with_image(target: Target, given: list[str], uri: str, *, yes: bool) -> Step:
    return Step("deploy the template with the image", _sam_deploy(target, [*given, f"ImageUri={uri}"], yes=yes))


def _sam_deploy(target: Target, parameters: list[str], *, yes: bool) -> tuple[str, ...]:
    command = ["sam", "deploy", "--stack-name", target.stack_name, "--no-fail-on-empty-changeset"]
    # The SAM CLI has its own way to a region; the command and SAM must mean the same.
    region = target.session.region_name
    command += ["--region", region] if region else []
    command += ["--no-confirm-changeset"] if yes else []
    command += ["--parameter-overrides", *parameters] if parameters else []
    return tuple(command)


def _has_repository(target: Target) -> bool:
    """Whether the stack and its repository are there. Any error but "does not exist" is raised: it says nothing."""
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
