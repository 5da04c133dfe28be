"""The pages of the oracle and the requests for each."""

from dataclasses import dataclass, field
from typing import Any

WINDOW: dict[str, Any] = {}
WHOLE = {"fullPage": True}
PHONE = {"device": "Pixel 7", "fullPage": True}
TABLET = {"device": "iPad Mini"}
DARK = {"colorScheme": "dark", "fullPage": True}
PRINT = {"media": "print"}
# Scripts of some pages move for a second: charts grow, a button fades in and out while the page is scrolled.
AT_REST = {"fullPage": True, "delayMs": 1500}
SHARP = {"viewport": {"width": 800, "height": 600, "deviceScaleFactor": 2}}

FLASK = "/debian/doc/python-flask-doc/html/"
GIT = "/debian/doc/git/html/"
NAMES = {
    "window": WINDOW,
    "whole page": WHOLE,
    "phone": PHONE,
    "tablet": TABLET,
    "dark": DARK,
    "print": PRINT,
    "at rest": AT_REST,
    "sharp": SHARP,
}


@dataclass(frozen=True)
class Combination:
    """A page of the oracle's server, what is asked of it, and the name of the request."""

    page: str
    way: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.page.lstrip('/')} {self.way}"


def _all(pages: list[str], *ways: str) -> list[Combination]:
    return [Combination(page, way, NAMES[way]) for page in pages for way in ways]


def _in(folder: str, names: str) -> list[str]:
    return [f"{folder}{name}.html" for name in names.split()]


def combinations() -> list[Combination]:
    """Every page with every request that tells something new about it."""
    ours = _in("/examples/", "article dashboard docs gallery landing shop")
    simple = _in("/simple/", "blue fonts frames lazy media sticky")
    libraries = _in(
        "/libraries/",
        "adminlte-dashboard bootstrap-album bootstrap-components leaflet reveal swagger tabler-dashboard three",
    )
    charts = _in("/libraries/", "chartjs-bar chartjs-doughnut chartjs-line echarts-bar echarts-line echarts-pie")
    themes = [
        "/npm/startbootstrap-creative/dist/index.html",
        "/npm/startbootstrap-resume/dist/index.html",
        "/npm/startbootstrap-simple-sidebar/dist/index.html",
    ]
    admin = _in(
        "/npm/startbootstrap-sb-admin/dist/", "401 404 500 index layout-sidenav-light layout-static login tables"
    )
    admin_2 = _in(
        "/npm/startbootstrap-sb-admin-2/",
        "404 blank buttons cards forgot-password login register tables "
        "utilities-animation utilities-border utilities-color",
    )
    manual = _in(FLASK, "index quickstart config cli design testing tutorial/index patterns/sqlite3")
    short = _in(FLASK, "index design testing tutorial/index patterns/sqlite3")
    references = _in(GIT, "git git-add git-log git-rebase gitcore-tutorial")
    return [
        *_all(ours, "window", "whole page", "phone", "tablet", "dark", "print", "sharp"),
        *_all(simple, "window", "whole page", "phone"),
        *_all(libraries, "window", "whole page", "phone", "tablet", "sharp"),
        *_all(themes, "window", "whole page", "phone", "tablet", "print"),
        *_all(admin, "window", "whole page", "phone"),
        *_all(admin_2, "window", "tablet"),
        *_all(manual, "window", "whole page"),
        *_all(short, "phone", "sharp"),
        *_all(references, "window", "whole page"),
        *_all(charts, "at rest"),
    ]
