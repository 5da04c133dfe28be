"""The devices a request may name: Playwright's registry, written down so that the starter does without Playwright."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def devices() -> dict[str, dict[str, Any]]:
    """Gives the devices by name: user_agent, viewport, device_scale_factor, is_mobile, has_touch, for many screen."""
    return json.loads(files("shutterstep").joinpath("devices.json").read_text("utf-8"))


def device_viewport(name: str) -> dict[str, Any]:
    """The viewport of a device, as a request spells it."""
    device = devices()[name]
    return {**device["viewport"], "deviceScaleFactor": device["device_scale_factor"]}
