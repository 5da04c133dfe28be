"""`sam validate`, `sam build` and `sam deploy` as a person types them, against the embedded AWS."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shutterstep_cli.stack.target import Target
from tests.sam.conftest import SAM

ROOT = Path(__file__).resolve().parents[2]
STACK = "by-sam"


def sam(*arguments: str, folder: Path = ROOT, **environment: str) -> str:
    """The command's output; fails with it. Our own Python comes first, as in an activated environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    known = {"PATH": path, "SAM_CLI_TELEMETRY": "0", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [SAM, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **known, **environment}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what `sam build` makes, of a copy so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / name, folder)
    for name in ("functions/starter", "layers/shared", "statemachine"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    sam("build", folder=folder)
    return folder


def test_the_template_is_valid_and_its_lint_finds_nothing() -> None:
    assert "is a valid SAM Template" in sam("validate")


def test_the_build_takes_wheels_of_the_functions_python_whatever_this_one_is(built: Path) -> None:
    native = [path.name for path in (built / ".aws-sam/build/SharedLayer").rglob("*.so")]
    assert native
    assert all("cpython-313-x86_64-linux-gnu" in name or "abi3" in name for name in native)
    assert (built / ".aws-sam/build/StarterFunction/starter/app.py").is_file()
    assert (built / ".aws-sam/build/SharedLayer/python/shutterstep/request.schema.json").is_file()


@pytest.fixture(scope="module")
def deployed(running_stack: Target, built: Path) -> Target:
    """The stack that `sam deploy` makes beside the one of the local command."""
    credentials = running_stack.session.get_credentials()
    keys = {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key}
    arguments = ("--stack-name", STACK, "--no-confirm-changeset", "--parameter-overrides", "Alarms=DISABLED")
    endpoint = {"AWS_ENDPOINT_URL": running_stack.endpoint_url or ""}
    sam("deploy", *arguments, "AutoScaling=DISABLED", folder=built, **keys, **endpoint)
    return Target(running_stack.session, STACK, running_stack.endpoint_url)


def test_the_deployed_stack_has_the_outputs_of_the_template(running_stack: Target, deployed: Target) -> None:
    assert set(deployed.outputs) == set(running_stack.outputs)


def test_the_starter_runs_on_the_python_that_its_packages_are_for(deployed: Target) -> None:
    functions = deployed.client("lambda").list_functions()["Functions"]
    (starter,) = [one for one in functions if one["FunctionName"].startswith(STACK)]
    assert (starter["Runtime"], starter["Handler"], len(starter["Layers"])) == ("python3.13", "starter.app.handler", 1)
