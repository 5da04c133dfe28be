"""Addresses of pages made for one case: a body in a colour, and a script."""

from urllib.parse import urlencode


def written(body: str = "", script: str = "", colour: str = "ff0000", **more: str) -> str:
    """The path of a page without margins; `more` are response headers, with _ for -."""
    return f"/written?{urlencode({'body': body, 'script': script, 'colour': colour, **more})}"
