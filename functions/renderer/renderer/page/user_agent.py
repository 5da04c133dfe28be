"""What a browser reveals besides its user agent string: its platform, and the client hints of Chromium browsers."""

import re

from renderer.browser.protocol import Params

# navigator.platform and the client hint's platform, by the first pattern found in the user agent string.
PLATFORMS = (
    (r"Windows Phone", "Win32", "Windows"),
    (r"Android", "Linux armv81", "Android"),
    (r"iPhone", "iPhone", "iOS"),
    (r"iPad", "iPad", "iOS"),
    (r"iPod", "iPod", "iOS"),
    (r"Macintosh", "MacIntel", "macOS"),
    (r"Windows", "Win32", "Windows"),
    (r"CrOS", "Linux x86_64", "Chrome OS"),
    (r"BB10|BlackBerry", "BlackBerry", ""),
    (r"PlayBook", "PlayBook", ""),
    (r"Linux|X11", "Linux x86_64", "Linux"),
)
# The system's version as client hints write it. Windows 10 and 11 both have NT 10.0 in the string.
VERSION = re.compile(r"Android (\d[\d.]*)|Mac OS X (\d[\d_.]*)|Windows NT (\d[\d.]*)")
# A model's name may have parentheses itself: Moto G (4).
ANDROID_MODEL = re.compile(r"Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?((?:\([^)]*\)|[^;()])+?)(?: Build/[^;)]*)?\)")
CHROMIUM = re.compile(r"(?:Headless)?Chrome/(\d+)([\d.]*)")
# The first Chromium with client hints.
FIRST_WITH_HINTS = 89
# The name of a Chromium browser by what its user agent string contains; Chrome if it contains no other name.
BRANDS = (
    (re.compile(r"Edg[A-Z]*/(\d+)([\d.]*)"), "Microsoft Edge"),
    (re.compile(r"OPR/(\d+)([\d.]*)"), "Opera"),
    (re.compile(r"SamsungBrowser/(\d+)([\d.]*)"), "Samsung Internet"),
    (re.compile(r"HeadlessChrome/(\d+)([\d.]*)"), "HeadlessChrome"),
    (CHROMIUM, "Google Chrome"),
)
# Chromium browsers send an invented brand, so that servers do not rely on the list's length or order.
MADE_UP = ("Not)A;Brand", "24", ".0.0.0")


def has_client_hints(agent: str) -> bool:
    """Whether a browser with this user agent string has `navigator.userAgentData` and sends Sec-CH-UA headers."""
    found = CHROMIUM.search(agent)
    return found is not None and int(found[1]) >= FIRST_WITH_HINTS


def user_agent_override(agent: str, language: str, *, is_mobile: bool) -> Params:
    """Returns the parameters of `Emulation.setUserAgentOverride`; an empty agent keeps the browser's own."""
    override: Params = {"userAgent": agent, "acceptLanguage": accepted_languages(language)}
    if agent:
        override["platform"] = platform_of(agent)
    if has_client_hints(agent):
        override["userAgentMetadata"] = _metadata(agent, is_mobile=is_mobile)
    return override


def accepted_languages(locale: str) -> str:
    """Returns the languages that a browser of this locale accepts: after `de-DE`, it accepts `de`."""
    language, _, rest = locale.partition("-")
    return f"{locale},{language}" if rest and len(language) > 1 else locale


def platform_of(agent: str) -> str:
    """Returns the `navigator.platform` of a browser with this user agent string."""
    return _platforms(agent)[0]


def _platforms(agent: str) -> tuple[str, str]:
    return next(((own, hint) for pattern, own, hint in PLATFORMS if re.search(pattern, agent)), ("", ""))


def _metadata(agent: str, *, is_mobile: bool) -> Params:
    brands = [_brand(agent), ("Chromium", *_version(CHROMIUM, agent)), MADE_UP]
    model = ANDROID_MODEL.search(agent)
    is_android = "Android" in agent
    # Chrome on an Android tablet is not mobile, and its user agent string does not say so either.
    is_phone = "Mobile" in agent or (is_mobile and not is_android)
    is_x86 = not re.search(r"Android|ARM|aarch64", agent)
    return {
        "brands": [{"brand": name, "version": major} for name, major, _ in brands],
        "fullVersionList": [{"brand": name, "version": major + rest} for name, major, rest in brands],
        "platform": _platforms(agent)[1],
        "platformVersion": _system_version(agent),
        "architecture": "x86" if is_x86 else "",
        "bitness": "64" if is_x86 else "",
        "model": model[1] if model else "",
        "mobile": is_phone,
        "formFactors": ["Mobile" if is_phone else "Tablet" if is_android else "Desktop"],
        # Scripts ask for it as uaFullVersion.
        "fullVersion": "".join(brands[0][1:]),
        "wow64": False,
    }


def _brand(agent: str) -> tuple[str, str, str]:
    return next((name, *_version(pattern, agent)) for pattern, name in BRANDS if pattern.search(agent))


def _version(pattern: re.Pattern[str], agent: str) -> tuple[str, str]:
    found = pattern.search(agent)
    return (found[1], found[2]) if found else ("", "")


def _system_version(agent: str) -> str:
    found = VERSION.search(agent)
    parts = re.split(r"[._]", next(part for part in found.groups() if part)) if found else []
    return ".".join([*parts, "0", "0", "0"][:3]) if parts else ""
