"""What the largest allowed pictures need: the memory of our own process and of all processes, for each format."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rich.console import Console

from renderer.limits import FORMAT_PIXELS, FORMAT_SIDES, Limits
from renderer.page.capture import TILE_PIXELS
from tests.benchmarks.contender import TakerError
from tests.benchmarks.contenders import ROOT, environment_of
from tests.benchmarks.process_tree import memory_bytes
from tests.benchmarks.site import serving_pages

MIB = 1024 * 1024
LOOK_SECONDS = 0.1
# What the template gives a task unless the operator says otherwise (TaskMemory).
TASK_MIB = 2048
# So wide, a picture of the most pixels is also one of the most rows.
WIDTH = 2000
# Rows of noise before it comes again: too many for any format to see.
ROWS = 200
# Canvases of WIDTH x WIDTH that make a PDF a little smaller than its limit.
CANVASES = 20


@dataclass(frozen=True)
class Large:
    """One picture: `name` says its format, its size and what is on it; `page` is the path of that."""

    name: str
    page: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Needed:
    """What one picture took; `own_mib` is what our process grew by, `all_mib` the most of it and Chromium together."""

    name: str
    width: int
    height: int
    bytes: int
    own_mib: float
    all_mib: float


def largest() -> list[Large]:
    """The largest that the usual limits allow, and the largest that are taken in one piece."""
    made = []
    for format_ in ("png", "jpeg", "webp"):
        sizes = {"the largest": _rows(format_)}
        if format_ != "webp":
            sizes["the largest in one piece"] = TILE_PIXELS // WIDTH
        for size, height in sizes.items():
            # Of one colour it is decoded once more, by the look for pictures that show nothing.
            for content in ("noise", "plain"):
                page = f"/{content}?{urlencode({'width': WIDTH, 'height': height, 'rows': ROWS})}"
                options = {"format": format_, "fullPage": True, "maxHeight": height}
                made.append(Large(f"{format_}, {size}, {content}", page, options))
    page = f"/canvases?{urlencode({'width': WIDTH, 'rows': WIDTH, 'count': CANVASES})}"
    return [*made, Large("pdf, the largest, noise", page, {"format": "pdf"})]


def _rows(format_: str) -> int:
    limits = Limits()
    pixels = min(limits.pixels, FORMAT_PIXELS.get(format_, limits.pixels))
    return min(limits.side, FORMAT_SIDES[format_], pixels // WIDTH)


def measure_memory(console: Console, chosen: Sequence[Large]) -> list[Needed]:
    """Each picture in processes of its own."""
    found = []
    with tempfile.TemporaryDirectory() as folder, serving_pages() as site:
        environment = environment_of(1, Path(folder))
        viewport = {"width": WIDTH, "height": 1000, "deviceScaleFactor": 1}
        for large in chosen:
            request = {"url": site + large.page, "viewport": viewport, "timeoutMs": 120_000, **large.options}
            found.append(_needed(large.name, request, environment))
            console.log(f"{large.name}: {found[-1].all_mib:.0f} MiB")
    return found


def _needed(name: str, request: dict[str, Any], environment: Mapping[str, str]) -> Needed:
    command = [sys.executable, "-m", "tests.benchmarks.takers.one_picture", json.dumps(request)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        most = 0
        while process.poll() is None:
            most = max(most, memory_bytes(process.pid))
            time.sleep(LOOK_SECONDS)
        assert process.stdout
        said = process.stdout.read()
    if process.returncode != 0:
        raise TakerError(f"{name}: no picture was taken")
    took = json.loads(said)
    grown = took["after_mib"] - took["before_mib"]
    return Needed(name, took["width"], took["height"], took["bytes"], own_mib=grown, all_mib=most / MIB)
