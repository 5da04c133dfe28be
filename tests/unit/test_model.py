"""spin proves the model of the claim, and finds the fault in each of its mutations: docs/model/README.md."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.cloudformation import ROOT, workflow

MODEL = ROOT / "docs/model/claim.pml"
MISSING = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]

# Where everything must run, as in CI, a missing tool is a failure.
pytestmark = pytest.mark.skipif(
    bool(MISSING) and "CI" not in os.environ, reason="needs spin and gcc: apt-get install spin gcc"
)


def verify(folder: Path, *defines: str) -> str:
    """What the generated verifier prints for the model with these -D flags."""
    options = [f"-D{name}" for name in defines]
    commands = (
        ["spin", *options, "-a", str(MODEL)],
        ["gcc", "-O1", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"],
        ["./pan", "-m100000"],
    )
    for command in commands:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.mark.parametrize("defines", [(), ("SKEW",)])
def test_no_interleaving_breaks_the_claim(tmp_path: Path, defines: tuple[str, ...]) -> None:
    printed = verify(tmp_path, *defines)
    states = re.search(r"(\d+) states, stored", printed)
    assert "errors: 0" in printed
    assert "max search depth too small" not in printed
    assert states
    assert int(states[1]) > 100_000


@pytest.mark.parametrize("defines", [("REDELIVERY",), ("REDELIVERY", "SKEW")])
def test_no_job_that_is_delivered_twice_and_no_worker_that_dies_breaks_it(
    tmp_path: Path, defines: tuple[str, ...]
) -> None:
    printed = verify(tmp_path, *defines)
    states = re.search(r"(\d+) states, stored", printed)
    assert "errors: 0" in printed
    assert states
    assert int(states[1]) > 1_000


def test_with_one_key_for_all_deliveries_spin_finds_a_picture_that_changes(tmp_path: Path) -> None:
    assert "assertion violated" in verify(tmp_path, "REDELIVERY", "ONE_KEY")


@pytest.mark.parametrize(
    ("mutation", "violated"),
    [
        ("NO_FENCE", "commits<=1"),
        ("NO_LEASE", "owners<=1"),
        ("NO_TAKEOVER", "status=="),
        ("ANY_OWN_CLAIM", "status=="),
        ("ANY_OWN_FAILURE", "status!="),
        ("SWEEP_ALL", "owners<=1"),
    ],
)
def test_without_a_condition_spin_finds_what_it_was_for(tmp_path: Path, mutation: str, violated: str) -> None:
    assert f"assertion violated ({violated}" in verify(tmp_path, mutation)


def test_the_conditions_of_the_model_are_those_of_the_workflows() -> None:
    states = workflow("statemachine/screenshot.asl.json")["States"]
    claim = states["Claim"]["Arguments"]["ConditionExpression"]
    release = workflow("statemachine/release.asl.json")["States"]["GiveClaimBack"]["Arguments"]["ConditionExpression"]
    sweep = workflow("statemachine/sweep.asl.json")["States"]["GiveClaimBack"]["Arguments"]["ConditionExpression"]
    text = MODEL.read_text()
    own = "$states.input.owner.claim.S = $states.context.Execution.Name and $states.input.owner.status.S = 'processing'"
    renders = [rule["Condition"] for rule in states["WhySkip"]["Choices"] if rule["Next"].startswith("Render")]
    assert ":claim" not in claim
    assert all(own in condition for condition in renders)
    assert "#define IS_MINE (claim == me && status == processing)" in text
    assert "#status = :processing AND lease_expires_at < :now" in claim
    assert "#define AT_WORK (status == processing && lease)" in text
    assert states["MarkSuccess"]["Arguments"]["ConditionExpression"] == "claim = :claim"
    assert states["MarkFailed"]["Arguments"]["ConditionExpression"] == "claim = :claim AND #status = :processing"
    assert "#define MAY_FINISH (claim == me)" in text
    assert "#define MAY_FAIL (MAY_FINISH && status == processing)" in text
    assert release == "claim = :claim AND #status = :processing"
    assert ":: claim == me && status == processing -> status = failed" in text
    assert sweep == "claim = :claim AND #status = :processing AND lease_expires_at < :now"
    assert "atomic { status == processing && !lease -> status = failed }" in text
