"""Cookie banners: removed where they are one, and nothing else is."""

from tests.cases.case import DARK_GREEN, Case

CASES = (
    Case(
        "a banner that is the shadow host itself is removed",
        "/consent/consent.html",
        {"block": ["cookieBanners"]},
        pixels=((100, 700, DARK_GREEN),),
    ),
    Case(
        "a top bar with a link to the cookie policy stays",
        "/consent/no-banner-topbar.html",
        {"block": ["cookieBanners"]},
        pixels=((5, 5, DARK_GREEN),),
    ),
    Case(
        "a sidebar with an entry about cookies stays",
        "/consent/no-banner-sidebar.html",
        {"block": ["cookieBanners"]},
        pixels=((5, 300, DARK_GREEN),),
    ),
)
