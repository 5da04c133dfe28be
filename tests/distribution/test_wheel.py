"""What `pip install` of the project gives to a producer, and what each extra adds, in empty environments."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "layers", "scripts")
UV = (sys.executable, "-m", "uv", "--quiet")
# boto3 and jsonschema may change their own dependencies; these are the packages that a producer must not get.
NOT_FOR_PRODUCERS = {"typer", "rich", "ministack", "nicegui", "matplotlib", "simpy", "docker", "playwright", "pillow"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the clone."""
    copy = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, copy / name)
    # The build's own tools are those of the environment that runs the tests, so that nothing is fetched for it.
    subprocess.run([*UV, "build", "--wheel", "--no-build-isolation", "--python", sys.executable], cwd=copy, check=True)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`installed("[cli]")` gives the bin folder of a new environment: the wheel with that extra, in locked versions."""
    made: dict[str, Path] = {}

    def install(extra: str) -> Path:
        if extra not in made:
            home = tmp_path_factory.mktemp("environment") / "venv"
            subprocess.run([*UV, "venv", "--python", sys.executable, str(home)], check=True)
            command = [*UV, "pip", "install", "--python", str(home), "--constraint", str(ROOT / "requirements.lock")]
            subprocess.run([*command, f"shutterstep{extra} @ {wheel.as_uri()}"], check=True)
            made[extra] = home / "bin"
        return made[extra]

    return install


def run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SHUTTERSTEP_HOME")}
    command = [str(program), *arguments]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=120, check=False)


def test_the_wheel_has_no_top_level_package_but_ours(wheel: Path) -> None:
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"shutterstep", "shutterstep_cli"}


def test_the_wheel_has_every_file_of_our_packages(wheel: Path) -> None:
    built = set(zipfile.ZipFile(wheel).namelist())
    for package in (ROOT / "layers/shared/shutterstep", ROOT / "scripts/shutterstep_cli"):
        files = {path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        assert {path.relative_to(package.parent).as_posix() for path in files} - built == set()


def test_a_producer_needs_boto3_and_jsonschema_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        (metadata,) = (name for name in file.namelist() if name.endswith("/METADATA"))
        needed = HeaderParser().parsestr(file.read(metadata).decode()).get_all("Requires-Dist", [])
    assert {name for name in needed if "extra ==" not in name} == {"boto3", "jsonschema"}


def test_a_producer_can_import_submit(installed: Callable[[str], Path], tmp_path: Path) -> None:
    program = "import shutterstep; print(shutterstep.submit.__name__, shutterstep.__file__)"
    done = run(installed("") / "python", "-c", program, folder=tmp_path)
    name, file = done.stdout.split()
    assert name == "submit"
    assert "site-packages" in file


def test_a_producer_gets_no_library_of_the_command(installed: Callable[[str], Path], tmp_path: Path) -> None:
    program = (
        "from importlib.metadata import distributions; print(*(d.metadata['Name'].lower() for d in distributions()))"
    )
    done = run(installed("") / "python", "-c", program, folder=tmp_path)
    names = set(done.stdout.split())
    assert {"shutterstep", "boto3", "jsonschema"} <= names
    assert names & NOT_FOR_PRODUCERS == set()


def test_the_command_without_its_extra_says_which_one_to_install(
    installed: Callable[[str], Path], tmp_path: Path
) -> None:
    done = run(installed("") / "shutterstep", "query", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.strip() == "The shutterstep command needs the extra cli. Install it: pip install 'shutterstep[cli]'"
    )


def test_the_help_needs_the_extra_cli_alone(installed: Callable[[str], Path], tmp_path: Path) -> None:
    done = run(installed("[cli]") / "shutterstep", "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"capture", "query", "replay", "console", "local"} <= set(done.stdout.split())


@pytest.mark.parametrize(("verb", "extra"), [("console", "console"), ("capacity", "capacity"), ("local", "local")])
def test_a_verb_without_its_extra_says_which_one_to_install(
    verb: str, extra: str, installed: Callable[[str], Path], tmp_path: Path
) -> None:
    given = {"console": ["--stack", "any"], "local": ["up"], "capacity": ["--rate", "1"]}[verb]
    done = run(installed("[cli]") / "shutterstep", verb, *given, folder=tmp_path)
    assert done.returncode == 2
    assert f"pip install 'shutterstep[{extra}]'" in done.stderr


def test_a_verb_works_on_aws_with_the_extra_cli_alone(installed: Callable[[str], Path], tmp_path: Path) -> None:
    done = run(installed("[cli]") / "shutterstep", "query", "--stack", "any", folder=tmp_path)
    assert done.returncode == 2
    assert "region" in done.stderr


def test_a_verb_that_works_on_the_clone_says_so_outside_of_one(
    installed: Callable[[str], Path], tmp_path: Path
) -> None:
    done = run(installed("[local]") / "shutterstep", "local", "up", folder=tmp_path)
    assert done.returncode == 2
    assert "clone the repository, and run the command inside the clone" in done.stderr


@pytest.mark.parametrize("platform", ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"])
def test_every_package_of_the_image_has_a_wheel_for_each_processor_of_the_tasks(platform: str, tmp_path: Path) -> None:
    requirements = ROOT / "functions/renderer/requirements.txt"
    command = [*UV, "pip", "install", "--dry-run", "--target", str(tmp_path), "--python-version", "3.13"]
    command += ["--python-platform", platform, "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)]
    subprocess.run(command, check=True)
