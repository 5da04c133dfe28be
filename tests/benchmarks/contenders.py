"""Who is measured: the limit, Shutterstep, and the peers that are installed."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from renderer.browser.chromium_flags import find_chromium
from tests.benchmarks.contender import Contender

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = HERE / "peers"
PEERS_PYTHON = PEERS / ".venv/bin/python"

LIMIT, OURS = "raw protocol (the limit)", "Shutterstep"
# What a peer's own design lets it do at best: one that starts a browser a picture gets fewer of them a round.
SLOW = ("shot-scraper multi", "capture-website", "chromium --screenshot")


def contenders(concurrency: int, folder: Path) -> list[Contender]:
    """All that can run here; `folder` is for links that live as long as they do."""
    environment = environment_of(concurrency, folder)
    reaper = [sys.executable, "-m", "tests.benchmarks.reaper"]
    return [Contender(name, [*reaper, *command], environment) for name, command in _commands().items()]


def _commands() -> dict[str, list[str]]:
    taker = "tests.benchmarks.takers."
    commands = {
        LIMIT: [sys.executable, "-m", f"{taker}raw_protocol"],
        OURS: [sys.executable, "-m", f"{taker}shutterstep"],
        "chromium --screenshot": [sys.executable, "-m", f"{taker}chromium_command"],
    }
    if PEERS_PYTHON.exists():
        commands["Playwright for Python"] = [str(PEERS_PYTHON), "-m", f"{taker}playwright_python"]
        commands["shot-scraper multi"] = [str(PEERS_PYTHON), "-m", f"{taker}shot_scraper"]
    for name in ("puppeteer-cluster", "browserless", "capture-website"):
        if (PEERS / "node_modules" / name).is_dir():
            commands[name] = ["node", str(PEERS / f"{name}.mjs")]
    return commands


def environment_of(concurrency: int, folder: Path) -> Mapping[str, str]:
    """Tells every taker the one Chromium."""
    chromium = str(find_chromium())
    # The image has its code compiled. Where this is set, each cold start here would compile it all again.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "CHROMIUM": chromium,
        "CONCURRENCY": str(concurrency),
        "EGRESS_ALLOW": "127.0.0.0/8",
        "PLAYWRIGHT_BROWSERS_PATH": str(_playwrights_folder(chromium, folder)),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'functions/renderer'}:{ROOT / 'layers/shared'}",
    }


def _playwrights_folder(chromium: str, folder: Path) -> Path:
    """A folder in which Playwright takes our Chromium for its own download: shot-scraper cannot be told another."""
    if PEERS_PYTHON.exists():
        missing = "from playwright.sync_api import *; sync_playwright().start().chromium.launch()"
        said = subprocess.run(
            [str(PEERS_PYTHON), "-c", missing],
            env=os.environ | {"PLAYWRIGHT_BROWSERS_PATH": str(folder)},
            capture_output=True,
            text=True,
        ).stderr
        wanted = re.search(rf"exist at ({re.escape(str(folder))}\S+)", said)
        if wanted:
            Path(wanted.group(1)).parent.mkdir(parents=True, exist_ok=True)
            Path(wanted.group(1)).symlink_to(chromium)
    return folder
