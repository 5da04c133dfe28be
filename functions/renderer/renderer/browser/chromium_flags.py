"""Finds Chromium, and defines the flags and the environment with which it starts, without our credentials."""

import glob
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from shutterstep.errors import BrowserCrashedError

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/usr/lib/chromium/chromium-headless-shell", "/usr/lib/chromium/headless_shell", "/usr/lib/chromium/chromium")
DOWNLOADS = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
)

# Where each egress guard listens; the only host that the browser itself may look up.
GUARD_HOST = "127.0.0.1"

# With this feature, WebRTC would ask the local network for names (mDNS, UDP 5353), in spite of proxy and host rules.
MDNS_FEATURE = "WebRtcHideLocalIpsWithMdns"

# Nothing bypasses the proxy of each context: no name is resolved, no UDP is sent, and loopback is not exempted.
EGRESS_FLAGS = (
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {GUARD_HOST}",
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--disable-background-networking",
    "--no-pings",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # The proxy for traffic outside any context, and for a context without a guard: its name has no address.
    "--proxy-server=http://no-guard.invalid:9",
)

BLINK_SETTINGS = (
    # A desktop has a mouse: without these settings nothing hovers and no pointer is fine. Touch devices override them.
    "primaryHoverType=2",
    "availableHoverTypes=2",
    "primaryPointerType=4",
    "availablePointerTypes=4",
    # The page is painted beyond its window too, so that a capture of more than the window changes nothing in the page.
    "mainFrameClipsContent=false",
)

FLAGS = (
    "--headless",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-first-run",
    # A container's /dev/shm is small.
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--disable-hang-monitor",
    "--disable-back-forward-cache",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-field-trial-config",
    # No frame gets its own process, even if its page or the frame asks for one with a header (decision 0015).
    "--disable-site-isolation-trials",
    "--disable-component-update",
    "--disable-extensions",
    # The XSLT banner is Chromium's own warning on top of a page, such as a feed or a site map that has a style sheet.
    "--disable-features=Translate,PaintHolding,HttpsUpgrades,LazyFrameLoading,MediaRouter,AcceptCHFrame,"
    f"GenerateXSLTWarningBanner,{MDNS_FEATURE}",
    # A cookie of the request must not be sent to another port of its host.
    "--enable-features=EnablePortBoundCookies",
    "--force-color-profile=srgb",
    f"--blink-settings={','.join(BLINK_SETTINGS)}",
    # The CSS property with which `stop.js` holds GIFs at their first frame.
    "--enable-blink-features=CSSImageAnimation",
    # Chromium paints such an animation over an important rule of `css`, which wins by the rules of CSS.
    "--disable-blink-features=CompositeBGColorAnimation",
    # The default of `locale`; headless Chromium would not send the header.
    "--accept-lang=en-US,en",
    "--metrics-recording-only",
    "--password-store=basic",
    "--block-new-web-contents",
    # MiB. A page that uses more script memory crashes alone, instead of taking the other pages with it.
    "--js-flags=--max-old-space-size=1024",
    *EGRESS_FLAGS,
)

# An allow list, so that a new secret in our environment never reaches the browser.
ALLOWED_VARIABLES = ("PATH", "HOME", "TMPDIR", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH")
ALLOWED_PREFIXES = ("LC_", "FONTCONFIG_", "XDG_")


class BrowserMissingError(BrowserCrashedError):
    """No Chromium was found on this machine."""


def find_chromium(environment: Mapping[str, str] | None = None) -> Path:
    """Returns the Chromium to use: SHUTTERSTEP_CHROMIUM, the PATH, Debian's folder, then Playwright's own download.

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
            f"SHUTTERSTEP_CHROMIUM is {path}, which is not an executable program. "
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
    """Returns the variables that the browser may see: no AWS credentials, no job."""
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
