"""Checks the processes of the local stack: the embedded AWS, the launcher, and whether Chromium starts."""

import os
import subprocess
from collections.abc import Iterator

from shutterstep_cli.health.check import Check
from shutterstep_cli.local.stack_status import troubles

CHROMIUM_FIX = "make setup finds or installs one; SHUTTERSTEP_CHROMIUM names another"
STARTED_WITHIN_SECONDS = 60


def checks() -> Iterator[Check]:
    """Yields the checks of the processes, and of the browser that render tasks start."""
    everything = troubles()
    found = {trouble.part: trouble for trouble in everything}
    for part, name in (("emulator", "embedded AWS"), ("launcher", "launcher of render tasks")):
        trouble = found.get(part)
        yield Check(name, "fail", trouble.what, trouble.cure) if trouble else Check(name, "pass", "runs")
    for trouble in everything:
        if trouble.part == "pool":
            yield Check("pool worker", "fail", trouble.what, trouble.cure)
    yield chromium()


def chromium() -> Check:
    """Checks whether the browser starts and answers, started as a render task starts it."""
    # Only an installation with the extra `local` contains the renderer, and this runs only there.
    from renderer.browser.chromium_flags import BrowserMissingError, find_chromium

    try:
        path = find_chromium()
        command = [str(path), "--version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=STARTED_WITHIN_SECONDS, check=True)
    except (BrowserMissingError, OSError, subprocess.SubprocessError) as error:
        return Check("Chromium", "fail", f"does not start: {error}", CHROMIUM_FIX)
    return Check("Chromium", "pass", f"{done.stdout.strip() or 'starts'}, {os.fspath(path)}")
