"""The devices a request may name: a copy of Playwright's registry, so that the starter needs no Playwright."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def devices() -> dict[str, dict[str, Any]]:
    """Returns the devices by name: user_agent, viewport, device_scale_factor, is_mobile, has_touch, often screen."""
    return json.loads(files("shutterstep").joinpath("devices.json").read_text("utf-8"))


def device_viewport(name: str) -> dict[str, Any]:
    """Returns the viewport of a device, with the field names of a request. Raises KeyError for an unknown device."""
    device = devices()[name]
    return {**device["viewport"], "deviceScaleFactor": device["device_scale_factor"]}
