"""The image goes to the stack's repository, once for what is in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shutterstep_cli.stack.target import Target
from tests.image.conftest import IMAGE

ROOT = Path(__file__).resolve().parents[2]


def push(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "shutterstep_cli", "image", "push", "--image", IMAGE, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.usefixtures("engine")
def test_the_image_is_pushed_once_and_found_by_its_digest(running_stack: Target) -> None:
    first, second = push("--json"), push("--json")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    pushed = json.loads(first.stdout)
    assert json.loads(second.stdout) == pushed
    assert "done before" not in first.stderr
    assert second.stderr.count("done before") == 5
    repository = running_stack.outputs["RepositoryUri"].partition("/")[2]
    ids = [{"imageDigest": pushed["digest"]}]
    (found,) = running_stack.client("ecr").describe_images(repositoryName=repository, imageIds=ids)["imageDetails"]
    assert set(found["imageTags"]) == {pushed["tag"], "latest"}
    # What a cold start has to fetch: a third more is a quarter of a second more on each new task.
    assert 100e6 < pushed["bytes"] < 400e6
