"""Finds out what is an advertisement or a tracker: EasyList and EasyPrivacy, matched by Brave's engine.

The lists are beside this module, as `make lists` took them from Debian's package of uBlock Origin.
"""

import gzip
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import adblock

LISTS = {"ads": "easylist", "trackers": "easyprivacy"}


@cache
def engine(kind: str) -> "adblock.Engine":
    """Returns the engine for `ads` or `trackers`; the first call takes some tenths of a second."""
    import adblock  # here, because few requests block by list, and a cold start must not wait for it

    text = gzip.decompress(files("renderer.page").joinpath("lists", f"{LISTS[kind]}.txt.gz").read_bytes()).decode()
    filters = adblock.FilterSet()
    filters.add_filter_list(text)
    return adblock.Engine(filters)


def is_listed(kind: str, url: str, page_url: str, resource_type: str) -> bool:
    """Whether a list of this kind blocks the address as a subresource of the page."""
    return engine(kind).check_network_urls(url, page_url, resource_type).matched
