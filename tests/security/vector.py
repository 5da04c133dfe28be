"""One way for a page to reach an internal address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Status, headers (one a line) and body of a file.
File = tuple[int, str, str]

HTML = "Content-Type: text/html"
SCRIPT = "Content-Type: text/javascript"
STYLE = "Content-Type: text/css"
SVG = "Content-Type: image/svg+xml"


@dataclass(frozen=True)
class Vector:
    """A page's HTML, or the `address` of a document; `files` lie in the folder HERE of the attacker's site.

    In all texts TARGET is http://127.0.0.1:PORT/x, PORT the canary's port, and NAME the vector's own label.
    `reaches` says whether the canary is reached without the guard: True, False where Chromium itself or the machine
    stops it, None where that depends on Chromium's version.
    """

    name: str
    html: str = ""
    address: str = ""
    files: Mapping[str, File] = field(default_factory=dict)
    reaches: bool | None = True
