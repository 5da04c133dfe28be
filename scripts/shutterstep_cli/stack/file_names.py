"""The file names of pictures: two ids never have the same file name, on any disk."""

import hashlib
import re
from urllib.parse import urlsplit

from shutterstep.ids import EXTENSIONS
from shutterstep.request import Request, with_defaults

# Windows treats these names as devices, whatever follows after a dot.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
DIGITS = 8


def file_name(request: Request, id_: str) -> str:
    """Returns `<id>.<ext>` if the request has an id, else a name of the page's address and the start of the id.

    An id with capitals gets `~` and eight hexadecimal digits, because on many disks `a` and `A` name the same file. The
    first character of an id that begins with a dot, or that Windows treats as a device, is written as `%` and its code.
    No id contains `~` or `%`.
    """
    extension = EXTENSIONS[with_defaults(request)["format"]]
    if "id" not in request:
        return f"{_of_address(request)}-{id_[:DIGITS]}.{extension}"
    name = id_
    if name.startswith(".") or DEVICES.fullmatch(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if id_ != id_.lower():
        name = f"{name}~{hashlib.sha256(id_.encode()).hexdigest()[:DIGITS]}"
    return f"{name}.{extension}"


def _of_address(request: Request) -> str:
    parts = urlsplit(request.get("url", "about:blank"))
    return re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.hostname or ''}{parts.path}").strip("-.")[:60]
