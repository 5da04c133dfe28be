"""The image goes to the stack's repository, once for what is in it, in the form that starts soonest."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from shutterstep_cli.stack.image_repository import pushed_image
from shutterstep_cli.stack.target import Target
from tests.image.conftest import IMAGE

ROOT = Path(__file__).resolve().parents[2]
SOCI = Path(__file__).with_name("soci_convert.py")


def push(image: str, *options: str, path: str | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "shutterstep_cli", "image", "push", "--image", image, *options]
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def small_image(engine: Any, tmp_path: Path) -> str:
    """An image of one file."""
    with tarfile.open(tmp_path / "root.tar", "w") as root:
        root.add(__file__, "a-file")
    # Another tag of the name must not go with it.
    for tag in ("other", "latest"):
        engine.api.import_image(str(tmp_path / "root.tar"), repository="shutterstep-small", tag=tag)
    return "shutterstep-small"


def path_of(folder: Path, *tools: str) -> str:
    """A PATH with these tools and no others."""
    folder.mkdir()
    for tool in tools:
        if tool == "soci":
            (folder / tool).write_text(f'#!/bin/sh\nexec {sys.executable} {SOCI} "$@"\n')
            (folder / tool).chmod(0o755)
        else:
            found = shutil.which(tool)
            assert found, f"{tool} is needed here; Debian has it"
            (folder / tool).symlink_to(found)
    return str(folder)


def test_the_image_is_pushed_in_the_form_that_starts_soonest_of_those_the_tools_make(
    running_stack: Target, small_image: str, tmp_path: Path
) -> None:
    repository = running_stack.outputs["RepositoryUri"].partition("/")[2]
    tools = ["docker", "skopeo", "soci"]
    # An older skopeo would lose the index, and then the form is the one without.
    version = subprocess.run(["skopeo", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    forms = ["gzip", "zstd", "soci" if [int(part) for part in version.split(".")] >= [1, 14] else "zstd"]
    told: dict[str, Any] = {}
    for number, form in enumerate(forms, start=1):
        done = push(small_image, "--json", path=path_of(tmp_path / str(number), *tools[:number]))
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["form"] == form, done.stderr
        for wanted in ({"imageTag": "latest"}, {"imageDigest": told["digest"]}):
            found = pushed_image(running_stack, repository, wanted)
            assert found is not None
            assert found.has_soci_index is (form == "soci")
            assert found.compression == ("zstd" if form == "zstd" else "gzip")
            assert found.bytes == told["bytes"] > 0
    # One that starts sooner is not replaced where its tool is missing.
    again = push(small_image, "--json", path=str(tmp_path / "1"))
    assert json.loads(again.stdout) == told


@pytest.mark.usefixtures("engine")
def test_the_image_is_pushed_once_and_found_by_its_digest(running_stack: Target) -> None:
    first, second = push(IMAGE, "--json"), push(IMAGE, "--json")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    pushed = json.loads(first.stdout)
    assert json.loads(second.stdout) == pushed
    assert "done before" not in first.stderr
    assert second.stderr.count("done before") == second.stderr.count("# ") == 4
    assert pushed["form"] == "zstd"
    repository = running_stack.outputs["RepositoryUri"].partition("/")[2]
    ids = [{"imageDigest": pushed["digest"]}]
    (found,) = running_stack.client("ecr").describe_images(repositoryName=repository, imageIds=ids)["imageDetails"]
    assert set(found["imageTags"]) == {pushed["tag"], "latest"}
    # What a cold start has to fetch: a third more is a quarter of a second more on each new task.
    assert 100e6 < pushed["bytes"] < 320e6
