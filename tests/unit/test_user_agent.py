"""What a browser tells besides its user agent string, read from the string."""

from typing import Any

import pytest

from renderer.page.user_agent import has_client_hints, platform_of, user_agent_override
from shutterstep.devices import devices

KIND = "AppleWebKit/537.36 (KHTML, like Gecko)"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIND} Chrome/140.0.1.2 Safari/537.36 Edg/140.0.3.4"
OLD_CHROME = f"Mozilla/5.0 (X11; Linux x86_64) {KIND} Chrome/60.0.3112.113 Safari/537.36"


def override(agent: str, *, is_mobile: bool = False) -> dict[str, Any]:
    return user_agent_override(agent, "en-US", is_mobile=is_mobile)


@pytest.mark.parametrize(
    ("device", "platform"),
    [
        ("Desktop Chrome", "Win32"),
        ("Desktop Safari", "MacIntel"),
        ("iPhone 15", "iPhone"),
        ("iPad Mini", "iPad"),
        ("Pixel 7", "Linux armv81"),
        ("Microsoft Lumia 950", "Win32"),
    ],
)
def test_the_platform_is_that_of_the_device(device: str, platform: str) -> None:
    assert platform_of(devices()[device]["user_agent"]) == platform


def test_every_device_but_a_nokia_has_a_platform() -> None:
    assert [name for name, device in devices().items() if not platform_of(device["user_agent"])] == [
        "Nokia N9",
        "Nokia N9 landscape",
    ]


def test_a_phone_s_hints_have_its_model_and_system() -> None:
    hints = override(devices()["Pixel 7"]["user_agent"], is_mobile=True)["userAgentMetadata"]
    assert (hints["platform"], hints["platformVersion"], hints["model"], hints["mobile"]) == (
        "Android",
        "14.0.0",
        "Pixel 7",
        True,
    )


def test_a_browser_s_own_brand_comes_with_chromium_s() -> None:
    hints = override(EDGE)["userAgentMetadata"]
    versions = {brand["brand"]: brand["version"] for brand in hints["fullVersionList"]}
    assert (versions["Microsoft Edge"], versions["Chromium"]) == ("140.0.3.4", "140.0.1.2")


@pytest.mark.parametrize(
    "agent", [OLD_CHROME, devices()["Desktop Safari"]["user_agent"], devices()["Desktop Firefox"]["user_agent"]]
)
def test_browsers_without_hints_get_none(agent: str) -> None:
    assert not has_client_hints(agent)
    assert "userAgentMetadata" not in override(agent)


def test_the_browser_s_own_agent_keeps_its_platform() -> None:
    assert override("") == {"userAgent": "", "acceptLanguage": "en-US,en"}


def test_a_device_s_hints_have_its_form_and_the_whole_name_of_its_model() -> None:
    def hints(name: str) -> tuple[str, list[str], bool, str]:
        device = devices()[name]
        found = override(device["user_agent"], is_mobile=device["is_mobile"])["userAgentMetadata"]
        return found["model"], found["formFactors"], found["mobile"], found["fullVersion"].partition(".")[0]

    chrome = devices()["Moto G4"]["user_agent"].partition("Chrome/")[2].partition(".")[0]
    assert hints("Moto G4") == ("Moto G (4)", ["Mobile"], True, chrome)
    assert hints("LG Optimus L70") == ("LGMS323", ["Mobile"], True, chrome)
    assert hints("Galaxy Tab S9") == ("SM-X710", ["Tablet"], False, chrome)
    assert hints("Desktop Chrome") == ("", ["Desktop"], False, chrome)
