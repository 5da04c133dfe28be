"""Finds Chromium and starts it with nothing of our own environment in reach."""

import glob
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as PlaywrightError

from shutterstep.errors import BrowserCrashedError

LAUNCH_TIMEOUT_MS = 60_000

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/usr/lib/chromium/chromium-headless-shell", "/usr/lib/chromium/headless_shell", "/usr/lib/chromium/chromium")
DOWNLOADS = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
)

FLAGS = (
    "--disable-quic",
    "--disable-background-networking",
    "--no-pings",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)

# An allow list: a new secret in our environment stays out of the browser without anybody thinking of it.
ALLOWED_VARIABLES = ("PATH", "HOME", "TMPDIR", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH")
ALLOWED_PREFIXES = ("LC_", "FONTCONFIG_", "XDG_", "PLAYWRIGHT_")


class BrowserMissingError(BrowserCrashedError):
    """No Chromium was found on this machine."""


def find_chromium(environment: Mapping[str, str] | None = None) -> Path:
    """The Chromium to use: SHUTTERSTEP_CHROMIUM, the PATH, Debian's folder, then Playwright's own download.

    Raises BrowserMissingError, whose text says how to get one.
    """
    environment = os.environ if environment is None else environment
    chosen = environment.get("SHUTTERSTEP_CHROMIUM")
    if chosen:
        return _chosen(chosen)
    for candidate in _candidates(environment):
        if os.access(candidate, os.X_OK):
            return Path(candidate)
    raise BrowserMissingError(
        "No Chromium was found. Run `make setup`, or `apt-get install chromium-headless-shell`, "
        "or `python -m playwright install chromium-headless-shell`; "
        "or set SHUTTERSTEP_CHROMIUM to the path of one you have."
    )


def _chosen(path: str) -> Path:
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise BrowserMissingError(
            f"SHUTTERSTEP_CHROMIUM is {path}, which is no program that can be run. "
            "Correct the path, or unset it to let the renderer look for Chromium itself."
        )
    return Path(path)


def _candidates(environment: Mapping[str, str]) -> Iterator[str]:
    for name in NAMES:
        found = shutil.which(name, path=environment.get("PATH", ""))
        if found:
            yield found
    yield from PLACES
    home = environment.get("HOME", "/nonexistent")
    root = environment.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.join(home, ".cache/ms-playwright")
    for pattern in DOWNLOADS:
        yield from sorted(glob.glob(os.path.join(glob.escape(root), pattern)), reverse=True)


def browser_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of our environment the browser may see: no AWS credentials, no job."""
    return {
        name: value
        for name, value in environment.items()
        if name in ALLOWED_VARIABLES or name.startswith(ALLOWED_PREFIXES)
    }


def sandbox_works(environment: Mapping[str, str], user_id: int) -> bool:
    """Whether Chromium's own sandbox can start: not for root, and not inside a container."""
    in_container = "ECS_CONTAINER_METADATA_URI_V4" in environment or any(
        os.path.exists(mark) for mark in ("/.dockerenv", "/run/.containerenv")
    )
    return user_id != 0 and not in_container


@asynccontextmanager
async def open_browser(executable: Path | None = None) -> AsyncIterator[Browser]:
    """A running Chromium, closed on the way out.

    Raises BrowserMissingError when there is none, BrowserCrashedError when it does not start.
    """
    executable = executable or find_chromium()
    visible = browser_environment(os.environ)
    sandbox = sandbox_works(os.environ, os.getuid())
    # Playwright gives its driver our whole os.environ and offers no way to choose; the driver must not see it either.
    with _only_environment(visible):
        driver = await async_playwright().start()
    try:
        try:
            browser = await driver.chromium.launch(
                executable_path=executable,
                args=list(FLAGS),
                env=dict(visible),
                chromium_sandbox=sandbox,
                timeout=LAUNCH_TIMEOUT_MS,
            )
        except PlaywrightError as exc:
            raise BrowserCrashedError(f"Chromium did not start: {_first_line(exc)}") from exc
        yield browser
    finally:
        # Stopping the driver ends the browser too, even one that no longer answers.
        await driver.stop()


@contextmanager
def _only_environment(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before.keys() - environment.keys():
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(before)


def _first_line(error: PlaywrightError) -> str:
    return error.message.partition("\n")[0]
