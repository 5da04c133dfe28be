"""One picture from nothing: a task from the start of its process to the PNG on S3, beside a bare Chromium."""

import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from tests.benchmarks.aws import Aws, serving_aws
from tests.benchmarks.contender import TakerError
from tests.benchmarks.contenders import environment_of
from tests.benchmarks.site import addresses, serving_pages
from tests.benchmarks.takers.chromium_command import command
from tests.benchmarks.takers.orders import HEIGHT, WIDTH


@dataclass
class Cold:
    """Wall milliseconds of each round, and of each phase of ours from the start of its process."""

    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    phases: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours over bare, as the median of the rounds."""
        return median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))


def measure_cold(rounds: int, console: Console) -> Cold:
    """So many rounds of both, one after the other; a first one of each is not counted."""
    cold = Cold()
    with tempfile.TemporaryDirectory() as folder, serving_pages() as site, serving_aws() as aws:
        environment = dict(environment_of(1, Path(folder)))
        for number, url in enumerate(addresses(site, rounds + 1)):
            bare = _bare(Path(folder) / "bare.png", url, environment)
            ours, phases = _ours(url, environment, aws)
            if number == 0:
                continue
            cold.bare.append(bare)
            cold.ours.append(ours)
            for name, when in phases.items():
                cold.phases.setdefault(name, []).append(when)
            console.log(f"cold {number} of {rounds}: bare {bare:.0f} ms, Shutterstep {ours:.0f} ms")
    return cold


def _bare(picture: Path, url: str, environment: Mapping[str, str]) -> float:
    picture.unlink(missing_ok=True)
    line = command(environment["CHROMIUM"], picture, url)
    began = time.monotonic()
    subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=environment)
    took = time.monotonic() - began
    if not picture.exists():
        raise TakerError("chromium --screenshot took no picture")
    return took * 1000


def _ours(url: str, environment: Mapping[str, str], aws: Aws) -> tuple[float, dict[str, float]]:
    viewport = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1}
    job = {
        "token": "t",
        "request": {"url": url, "viewport": viewport},
        "output": {"bucket": "pictures", "key": "shots/cold.png"},
    }
    address = f"http://127.0.0.1:{aws.server_port}"
    aws.forget()
    began = time.monotonic()
    # `-S` and the path: as in the image, which has the same packages but not what a clone's environment loads at each
    # start to find its editable install.
    path = f"{environment['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    done = subprocess.run(
        [sys.executable, "-S", "-m", "renderer"],
        env={**environment, **_credentials(address), "PYTHONPATH": path, "JOB": json.dumps(job)},
        capture_output=True,
        text=True,
    )
    if aws.answer != "SendTaskSuccess" or aws.picture < 1000:
        raise TakerError(f"the task took no picture: {aws.answer} {done.stdout[-1000:]} {done.stderr[-1000:]}")
    phases = _phases(done.stdout)
    phases["PNG on S3"] = (aws.stored_at - began) * 1000
    phases["workflow answered"] = (aws.answered_at - began) * 1000
    phases["process ended"] = (time.monotonic() - began) * 1000
    return phases["PNG on S3"], phases


def _credentials(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def _phases(log: str) -> dict[str, float]:
    """What the task logged of its start: event `task_timing`, milliseconds since the process began."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return next((dict(line["since_start_ms"]) for line in lines if line["event"] == "task_timing"), {})
