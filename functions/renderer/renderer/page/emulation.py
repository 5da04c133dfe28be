"""One page in its own context: the device it seems to be, and what it may not do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from renderer.browser.chromium import Chromium
from renderer.browser.page_session import ChromiumPage, Command, open_chromium_page
from renderer.browser.protocol import Params, ProtocolError
from renderer.egress.guard import EgressGuard
from renderer.page.document_watch import watch_document
from shutterstep.devices import devices
from shutterstep.errors import InvalidRequestError
from shutterstep.request import Request, schema

# The browser offers no switch for service workers, so the page's way to them is closed.
NO_SERVICE_WORKERS = (
    "if (window.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = () => new Promise(() => {});"
)

# Options that only the browser can judge, by the command that sets them.
JUDGED = {"Emulation.setTimezoneOverride": "timezone", "Emulation.setLocaleOverride": "locale"}


@asynccontextmanager
async def open_page(browser: Chromium, request: Request, guard: EgressGuard) -> AsyncIterator[ChromiumPage]:
    """An empty page behind the guard, as the request wants it to seem, sharing nothing with any other render."""
    viewport = request["viewport"]
    size = viewport["width"], viewport["height"]
    commands = {"everywhere": everywhere(request), "once": once(request)}
    try:
        async with open_chromium_page(browser.connection, *size, proxy=guard.proxy_url, **commands) as page:
            watch_document(page, guard)
            yield page
    except ProtocolError as exc:
        if exc.method in JUDGED:
            field = JUDGED[exc.method]
            raise InvalidRequestError(f"{field}: the browser does not know it", field) from exc
        raise


def once(request: Request) -> list[Command]:
    """The commands for the page alone."""
    viewport, device = request["viewport"], devices().get(request.get("device", ""), {})
    screen: Params = {**viewport, "mobile": device.get("is_mobile", False)}
    commands: list[Command] = [
        ("Emulation.setDeviceMetricsOverride", screen),
        ("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}),
    ]
    if "timezone" in request:
        commands.append(("Emulation.setTimezoneOverride", {"timezoneId": request["timezone"]}))
    if "geolocation" in request:
        commands.append(("Emulation.setGeolocationOverride", request["geolocation"]))
    # The page's policy is for its own scripts and styles, not for those the request adds.
    if {"css", "javascript"} & request.keys() or "cookieBanners" in request["block"]:
        commands.append(("Page.setBypassCSP", {"enabled": True}))
    return commands


def everywhere(request: Request) -> list[Command]:
    """The commands for the page and each of its frames in other processes."""
    device = devices().get(request.get("device", ""), {})
    commands: list[Command] = [("Page.addScriptToEvaluateOnNewDocument", {"source": NO_SERVICE_WORKERS})]
    features = {"prefers-color-scheme": request["colorScheme"], "prefers-reduced-motion": request["reducedMotion"]}
    if "media" in request or any(request[name] != _usual(name) for name in ("colorScheme", "reducedMotion")):
        asked = [{"name": name, "value": value} for name, value in features.items()]
        commands.append(("Emulation.setEmulatedMedia", {"media": request.get("media", ""), "features": asked}))
    agent = request.get("userAgent") or device.get("user_agent", "")
    if agent or request["locale"] != _usual("locale"):
        override = {"userAgent": agent, "acceptLanguage": request["locale"]}
        commands.append(("Emulation.setUserAgentOverride", override))
    if request["locale"] != _usual("locale"):
        commands.append(("Emulation.setLocaleOverride", {"locale": request["locale"]}))
    if device.get("has_touch"):
        commands.append(("Emulation.setTouchEmulationEnabled", {"enabled": True}))
    return commands


def _usual(name: str) -> str:
    return schema()["properties"][name]["default"]
