"""That the benchmark works: figures are made, none is judged here."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.cold import measure_cold
from tests.benchmarks.contenders import LIMIT, OURS, ROOT
from tests.benchmarks.memory import Large, measure_memory
from tests.benchmarks.process_tree import cpu_seconds, tree, zombies
from tests.benchmarks.soak import kind_of
from tests.benchmarks.warm import measure

pytestmark = pytest.mark.long

QUIET = Console(quiet=True)


def test_the_limit_and_ours_are_measured_and_written_as_json_plot_and_tables(tmp_path: Path) -> None:
    found = report.results(measure(1, 6, QUIET, only=(LIMIT, OURS)), measure_cold(1, QUIET), None)
    report.write(found, tmp_path)
    document = tmp_path / "PERFORMANCE.md"
    document.write_text(f"before\n{report.START}\nlast figures\n{report.END}\nafter\n")
    report.publish(found, document)
    written = json.loads((tmp_path / "performance.json").read_text())
    assert set(written["warm"]) == {LIMIT, OURS}
    assert written["cold_phases_ms"]["PNG on S3"] > 0
    assert (tmp_path / "performance.svg").read_text().startswith("<?xml")
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "last figures" not in text
    assert f"| {OURS} |" in text


def test_the_memory_of_a_large_picture_is_measured_and_compared_with_a_tasks() -> None:
    page = "/noise?width=2000&height=1500&rows=200"
    found = measure_memory(QUIET, [Large("png, noise", page, {"format": "png", "fullPage": True})])
    (needed,) = found
    assert (needed.width, needed.height) == (2000, 1500)
    # No format makes noise small: a byte of each of three channels is a byte of the picture.
    assert needed.bytes > 2000 * 1500 * 3 * 0.99
    assert needed.all_mib > needed.own_mib > needed.bytes / 2**20
    told = report.tables(report.results(None, None, None, found))
    assert told["Memory of large pictures"][1][0] == "png, noise"
    assert told["Ratios (medians of the rounds)"][1][2] == "<= 1.00"


def test_the_time_of_children_that_nobody_waited_for_counts_too() -> None:
    orphan = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'sum(range(60_000_000))'])"
    code = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {orphan!r}]); time.sleep(30)"
    reaper = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.reaper", sys.executable, "-c", code], cwd=ROOT)
    try:
        for _ in range(600):
            if cpu_seconds(reaper.pid) > 0.3:
                break
            subprocess.run(["sleep", "0.05"], check=True)
        assert cpu_seconds(reaper.pid) > 0.3
        assert zombies(reaper.pid) == 0
    finally:
        for process in tree(reaper.pid)[1:]:
            os.kill(process.id, signal.SIGKILL)
        reaper.wait()


def test_two_in_a_hundred_pages_of_the_soak_are_endless_and_two_crash() -> None:
    kinds = [kind_of(number) for number in range(1000)]
    assert (kinds.count("endless"), kinds.count("greedy")) == (20, 20)
