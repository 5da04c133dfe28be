"""`python -m tools.device_registry`: writes the devices of the installed Playwright into devices.json."""

import asyncio
import json
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

FILE = Path(__file__).parents[2] / "layers/shared/shutterstep/devices.json"
KEPT = ("user_agent", "viewport", "screen", "device_scale_factor", "is_mobile", "has_touch")


async def registry() -> dict[str, Any]:
    """Returns Playwright's devices by name. A device's browser is ignored, because all use Chromium here."""
    async with async_playwright() as playwright:
        devices = playwright.devices.items()
    return {name: {key: value for key, value in device.items() if key in KEPT} for name, device in devices}


def text(devices: dict[str, Any]) -> str:
    """Returns the file's text, with one device a line."""
    lines = (f"  {json.dumps(name)}: {json.dumps(device)}" for name, device in sorted(devices.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(asyncio.run(registry())))
