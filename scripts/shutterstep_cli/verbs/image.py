"""`shutterstep image`: build the renderer's image, and push it to the stack's repository."""

import json
from typing import Annotated

import typer

from shutterstep_cli.stack.image_repository import IMAGE, ImageRepository, push_steps, tag_of
from shutterstep_cli.steps import Step, run_steps
from shutterstep_cli.verbs.stack_option import choose_target

app = typer.Typer(help="The renderer's container image.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show the commands.")]
Image = Annotated[str, typer.Option(help="The image's name in your engine.")]


def build_step() -> Step:
    """Gives the step that builds the image, with the engine that is there or with Debian's."""
    return Step("build the renderer's image", ("scripts/image/engine.sh", "scripts/image/build.sh"))


@app.command()
def build(dry_run: DryRun = False) -> None:
    """Build the image as shutterstep-renderer; BASE_IMAGE in the environment names another base.

    Example: shutterstep image build
    """
    run_steps([build_step()], dry_run=dry_run)


@app.command()
def push(
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    image: Image = IMAGE,
    dry_run: DryRun = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: uri, tag, digest, bytes.")] = False,
) -> None:
    """Push the image to the stack's repository, once for what is in it; prints its address by digest.

    Examples: shutterstep image push --stack shutterstep
              shutterstep image push --stack shutterstep --dry-run
    """
    registry = ImageRepository(choose_target(stack))
    tag = tag_of(image)
    if tag is None and not dry_run:
        typer.secho(f"There is no image {image} in your engine. Build it: make image", fg="red", err=True)
        raise typer.Exit(2)
    run_steps(push_steps(registry, image, tag or "TAG"), dry_run=dry_run)
    found = None if dry_run or tag is None else registry.pushed(tag)
    if found is not None:
        uri = f"{registry.target.outputs['RepositoryUri']}@{found.digest}"
        typer.echo(
            json.dumps({"uri": uri, "tag": tag, "digest": found.digest, "bytes": found.bytes}) if as_json else uri
        )
