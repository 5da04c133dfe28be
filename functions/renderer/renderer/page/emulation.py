"""Opens one page in its own context: the device that it emulates, and what it may not do."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from renderer.browser.chromium import Chromium
from renderer.browser.page_session import ChromiumPage, Command, open_chromium_page
from renderer.browser.protocol import Params, ProtocolError
from renderer.egress.guard import EgressGuard
from renderer.page.document_watch import watch_document
from renderer.page.traffic import MOST_SVG_BYTES
from renderer.page.user_agent import has_client_hints, platform_of, user_agent_override
from shutterstep.devices import devices
from shutterstep.errors import InvalidRequestError
from shutterstep.request import Request, schema

# The browser has no switch for service workers, so registering one fails, as in browsers that forbid them.
NO_SERVICE_WORKERS = """
if (window.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = () => Promise.reject(
  new DOMException("Failed to register a ServiceWorker: they are not supported here.", "NotSupportedError"));
"""

# Our own scripts reach only open shadow roots, so a root that the page closes is opened, but looks closed to the page.
REACHABLE_ROOTS = """{
  const {apply} = Reflect, closed = new WeakSet(), {has, add} = WeakSet.prototype;
  const isClosed = (root) => apply(has, closed, [root]);
  const replace = (prototype, name, kind, answer) => {
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    property[kind] = new Proxy(property[kind], {apply: answer});
    Object.defineProperty(prototype, name, property);
  };
  replace(Element.prototype, "attachShadow", "value", (native, element, given) => {
    if (given[0]?.mode !== "closed") return apply(native, element, given);
    const root = apply(native, element, [{__proto__: given[0], mode: "open"}]);
    apply(add, closed, [root]);
    return root;
  });
  replace(Element.prototype, "shadowRoot", "get", (native, element, given) => {
    const root = apply(native, element, given);
    return isClosed(root) ? null : root;
  });
  replace(ShadowRoot.prototype, "mode", "get", (native, root, given) => {
    const mode = apply(native, root, given);
    return isClosed(root) ? "closed" : mode;
  });
}
"""

# WebRTC's packets go through no proxy, and the flags that restrict them may not be enough.
NO_WEBRTC = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCIceTransport']) delete self[name];"

# Nobody opened the page, so it may not close itself; Chromium lets a window whose history has one entry do so.
NO_CLOSE = "self.close = new Proxy(self.close, {apply: () => undefined});"

# The browser process, which all pages share, logs an uncaught error of any length before it does anything else for
# other pages. A very long one is therefore marked as handled.
NO_LONG_ERRORS = """
{
  const caught = Event.prototype.preventDefault;
  const long = text => typeof text === "string" && text.length > 1e5;
  addEventListener("error", event => long(event.message) && caught.call(event), true);
  addEventListener("unhandledrejection", event => {
    const why = event.reason;
    if (long(why) || why instanceof Error && (long(why.message) || long(why.stack))) caught.call(event);
  }, true);
}
"""

# Browsers without client hints do not have this property either, and scripts ask for it before the user agent.
NO_CLIENT_HINTS = "delete (self.Navigator ?? self.WorkerNavigator).prototype.userAgentData;"
# Chromium overrides the platform in windows only, and the user agent not in shared workers.
WORKER_IDENTITY = """for (const [name, value] of Object.entries(%s))
  Object.defineProperty(WorkerNavigator.prototype, name, {value, configurable: true});"""

# Touch points that a touch screen distinguishes.
TOUCH_POINTS = 5

# Options that only the browser can validate, by the command that sets them.
JUDGED = {"Emulation.setTimezoneOverride": "timezone", "Emulation.setLocaleOverride": "locale"}


@asynccontextmanager
async def open_page(browser: Chromium, request: Request, guard: EgressGuard) -> AsyncIterator[ChromiumPage]:
    """Opens an empty page behind the guard, with the request's emulation; it shares nothing with any other render.

    Raises InvalidRequestError for a value that the browser does not know.
    """
    viewport = request["viewport"]
    size = viewport["width"], viewport["height"]
    try:
        permissions = ("geolocation",) if "geolocation" in request else ()
        async with open_chromium_page(
            browser.connection,
            *size,
            proxy=guard.proxy_url,
            in_page=in_page(request),
            in_workers=in_workers(request),
            permissions=permissions,
            empty=starts_empty(request),
        ) as page:
            watch_document(page, guard)
            yield page
    except ProtocolError as exc:
        if exc.method in JUDGED:
            field = JUDGED[exc.method]
            raise InvalidRequestError(f"{field}: the browser does not know this value", field) from exc
        raise


def starts_empty(request: Request) -> bool:
    """Whether the page's HTML is written into the empty document with which the page begins.

    That document has no touch events, because it is there before the touch screen.
    """
    return "html" in request and not has_touch(request)


def has_touch(request: Request) -> bool:
    """Whether the request's device has a touch screen."""
    return bool(_device(request).get("has_touch"))


def in_page(request: Request) -> list[Command]:
    """Returns the commands for the page and its frames."""
    commands: list[Command] = [
        *_appearance(request),
        ("Emulation.setDeviceMetricsOverride", metrics(request)),
        # As much as `moving_pictures.py` reads again.
        ("Network.enable", {"maxTotalBufferSize": MOST_SVG_BYTES * 4, "maxResourceBufferSize": MOST_SVG_BYTES}),
        # Reports the first animation of the page, also in closed shadow roots.
        ("Animation.enable", {}),
    ]
    if "geolocation" in request:
        commands.append(("Emulation.setGeolocationOverride", request["geolocation"]))
    # The page's content security policy must not apply to scripts and styles that the request adds.
    if {"css", "javascript"} & request.keys() or "cookieBanners" in request["block"]:
        commands.append(("Page.setBypassCSP", {"enabled": True}))
    return commands


def metrics(request: Request) -> Params:
    """Returns the window, the screen and its orientation, for `Emulation.setDeviceMetricsOverride`."""
    viewport, device = request["viewport"], _device(request)
    is_mobile, is_wide = device.get("is_mobile", False), viewport["width"] > viewport["height"]
    screen = device.get("screen", viewport)
    width, height = screen["width"], screen["height"]
    if is_mobile and is_wide != (width > height):
        width, height = height, width
    orientation = {"type": "portraitPrimary", "angle": 0}
    if not is_mobile or is_wide:
        # A wide phone is one that was turned; a desktop's screen is wide by itself.
        orientation = {"type": "landscapePrimary", "angle": 90 if is_mobile else 0}
    return {
        **viewport,
        "mobile": is_mobile,
        "screenWidth": max(width, viewport["width"]),
        "screenHeight": max(height, viewport["height"]),
        "screenOrientation": orientation,
    }


def _appearance(request: Request) -> list[Command]:
    """Returns the commands for what scripts and style sheets see in the page and its frames."""
    source = NO_SERVICE_WORKERS + REACHABLE_ROOTS + NO_WEBRTC + NO_CLOSE + NO_LONG_ERRORS
    if not _keeps_hints(request):
        source += NO_CLIENT_HINTS
    # The request's HTML is written into the empty page, which exists already.
    first: Params = {"source": source, "runImmediately": starts_empty(request)}
    commands: list[Command] = [("Page.addScriptToEvaluateOnNewDocument", first)]
    features = {"prefers-color-scheme": request["colorScheme"], "prefers-reduced-motion": request["reducedMotion"]}
    if "media" in request or any(request[name] != _usual(name) for name in ("colorScheme", "reducedMotion")):
        asked = [{"name": name, "value": value} for name, value in features.items()]
        commands.append(("Emulation.setEmulatedMedia", {"media": request.get("media", ""), "features": asked}))
    if has_touch(request):
        touch = {"enabled": True, "maxTouchPoints": TOUCH_POINTS}
        commands.append(("Emulation.setTouchEmulationEnabled", touch))
    return commands + _identity(request)


def in_workers(request: Request) -> list[Command]:
    """Returns the commands for each worker of the page and of its frames."""
    commands, agent = _identity(request), _agent(request)
    if agent:
        own = {"platform": platform_of(agent), "userAgent": agent, "appVersion": agent.partition("/")[2]}
        commands.append(("Runtime.evaluate", {"expression": WORKER_IDENTITY % json.dumps(own)}))
    if not _keeps_hints(request):
        commands.append(("Runtime.evaluate", {"expression": NO_CLIENT_HINTS}))
    return commands


def _identity(request: Request) -> list[Command]:
    """Returns the commands for user agent, language and time zone, which scripts can read in every context."""
    commands: list[Command] = []
    agent, locale = _agent(request), request["locale"]
    if agent or locale != _usual("locale"):
        override = user_agent_override(agent, locale, is_mobile=_device(request).get("is_mobile", False))
        commands.append(("Emulation.setUserAgentOverride", override))
    if locale != _usual("locale"):
        commands.append(("Emulation.setLocaleOverride", {"locale": locale}))
    if "timezone" in request:
        commands.append(("Emulation.setTimezoneOverride", {"timezoneId": request["timezone"]}))
    return commands


def _device(request: Request) -> dict[str, Any]:
    return devices().get(request.get("device", ""), {})


def _agent(request: Request) -> str:
    return request.get("userAgent") or _device(request).get("user_agent", "")


def _keeps_hints(request: Request) -> bool:
    """Whether the page may see client hints: the browser's own, or those that belong to its user agent."""
    agent = _agent(request)
    return not agent or has_client_hints(agent)


def _usual(name: str) -> str:
    return schema()["properties"][name]["default"]
