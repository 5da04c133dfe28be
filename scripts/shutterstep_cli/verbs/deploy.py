"""`shutterstep deploy`: image, template and outputs, in steps that a person could type."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from shutterstep_cli.stack.image_repository import IMAGE, ImageRepository, push_steps, tag_of
from shutterstep_cli.stack.target import Target
from shutterstep_cli.steps import Step, run_steps
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
    target = Target(boto3.Session(), stack)
    run_steps(_before_the_image(target, given, yes=yes), dry_run=dry_run)
    run_steps(_image_and_stack(target, given, yes=yes), dry_run=dry_run)
    if not dry_run:
        _show(Target(boto3.Session(), stack).outputs, as_json=as_json)


def _before_the_image(target: Target, given: list[str], *, yes: bool) -> Iterator[Step]:
    yield build_step()
    yield Step("package the starter and the layer", ("sam", "build"))
    # A pool would wait for an image that cannot be there yet.
    first = [one for one in given if not one.startswith("RenderMode=")]
    yield Step("make the stack, and its repository", _sam_deploy(target, first, yes=yes), lambda: _exists(target))


def _image_and_stack(target: Target, given: list[str], *, yes: bool) -> Iterator[Step]:
    tag = tag_of(IMAGE) or "TAG"
    there = _exists(target)
    if there:
        yield from push_steps(ImageRepository(target), IMAGE, tag)
    else:  # only a dry run comes here: the first steps made the stack
        yield Step(
            "push the image to the new repository", ("shutterstep", "image", "push", "--stack", target.stack_name)
        )
    found = ImageRepository(target).pushed(tag) if there else None
    digest = found.digest if found else "DIGEST"
    uri = f"{target.outputs['RepositoryUri'] if there else 'REPOSITORY'}@{digest}"
    yield Step("deploy the template with the image", _sam_deploy(target, [*given, f"ImageUri={uri}"], yes=yes))


def _sam_deploy(target: Target, parameters: list[str], *, yes: bool) -> tuple[str, ...]:
    command = ["sam", "deploy", "--stack-name", target.stack_name, "--no-fail-on-empty-changeset"]
    command += ["--no-confirm-changeset"] if yes else []
    command += ["--parameter-overrides", *parameters] if parameters else []
    return tuple(command)


def _exists(target: Target) -> bool:
    """Whether the stack has its repository; a region and credentials that do not work count as no."""
    try:
        stacks = target.client("cloudformation").describe_stacks(StackName=target.stack_name)["Stacks"]
    except (BotoCoreError, ClientError):
        return False
    return any(output["OutputKey"] == "RepositoryUri" for output in stacks[0].get("Outputs", []))


def _show(outputs: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outputs))
        return
    for name, value in outputs.items():
        typer.echo(f"{name} = {value}")
