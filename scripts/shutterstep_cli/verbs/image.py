"""`shutterstep image`: build the renderer's image, and push it to the stack's repository."""

import json
from typing import Annotated, Literal

import typer

from shutterstep_cli.stack.image_push import form_of, push_steps
from shutterstep_cli.stack.image_repository import IMAGE, ImageRepository, platform_of, tag_of
from shutterstep_cli.steps import Step, run_steps
from shutterstep_cli.trouble import CommandError
from shutterstep_cli.verbs.stack_option import choose_target

app = typer.Typer(help="The renderer's container image.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show the commands.")]
# Docker's name for each TaskArchitecture.
PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
Image = Annotated[str, typer.Option(help="The image's name in your engine.")]


def build_step(architecture: str | None = None) -> Step:
    """Returns the step that builds the image, with the engine on this machine or with Debian's.

    `architecture` is a TaskArchitecture of the template; None means this machine's.
    """
    build = ("scripts/image/engine.sh", "scripts/image/build.sh")
    platform = ("env", f"PLATFORM={PLATFORMS[architecture]}") if architecture else ()
    return Step("build the renderer's image", (*platform, *build))


@app.command()
def build(
    architecture: Annotated[
        Literal["X86_64", "ARM64"] | None,
        typer.Option(help="TaskArchitecture of the stack; this machine's if not given."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Build the image as shutterstep-renderer; BASE_IMAGE in the environment names another base.

    Examples: shutterstep image build
              shutterstep image build --architecture ARM64
    """
    run_steps([build_step(architecture)], dry_run=dry_run)


def refuse_other_architecture(wanted: str | None, image: str) -> None:
    """Raises CommandError if the stack's tasks cannot run the image. Fargate itself would say so only when a task
    starts.
    """
    built = platform_of(image)
    if wanted is not None and built is not None and built != PLATFORMS[wanted]:
        raise CommandError(
            f"The image {image} is built for {built}, and the stack's tasks are {wanted}. "
            f"Build it for them: shutterstep image build --architecture {wanted}"
        )


@app.command()
def push(
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    image: Image = IMAGE,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: uri, tag, digest, bytes, form.")] = False,
) -> None:
    """Push the image to the stack's repository unless it is already there; print its address by digest.

    It is compressed with gzip; with zstd where skopeo is installed, and with a SOCI index instead where AWS's soci is
    installed too. Tasks start sooner with either.

    Examples: shutterstep image push --stack shutterstep
              shutterstep image push --stack shutterstep --dry-run
    """
    registry = ImageRepository(choose_target(stack))
    tag = tag_of(image)
    if tag is None and not dry_run:
        typer.secho(f"There is no image {image} in your engine. Build it: make image", fg="red", err=True)
        raise typer.Exit(2)
    if not dry_run:
        refuse_other_architecture(registry.target.outputs.get("TaskArchitecture"), image)
    run_steps(push_steps(registry, image, tag or "TAG"), dry_run=dry_run)
    found = None if dry_run or tag is None else registry.pushed(tag)
    if found is not None:
        uri = f"{registry.target.outputs['RepositoryUri']}@{found.digest}"
        form = form_of(found).name.lower()
        told = {"uri": uri, "tag": tag, "digest": found.digest, "bytes": found.bytes, "form": form}
        typer.echo(json.dumps(told) if as_json else uri)
