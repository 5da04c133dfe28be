"""Finding Chromium: what the operator names, what is on the path, what Playwright downloaded."""

from pathlib import Path

import pytest

from renderer.browser.chromium_flags import BrowserMissingError, browser_environment, find_chromium, sandbox_works


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_chromium_the_operator_names_comes_first(tmp_path: Path) -> None:
    named = program(tmp_path / "mine")
    program(tmp_path / "bin/chromium")
    found = find_chromium({"SHUTTERSTEP_CHROMIUM": str(named), "PATH": str(tmp_path / "bin")})
    assert found == named


def test_a_headless_shell_on_the_path_comes_before_a_full_chromium(tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    shell = program(tmp_path / "chromium-headless-shell")
    assert find_chromium({"PATH": str(tmp_path)}) == shell


def test_the_download_of_playwright_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.browser.chromium_flags.PLACES", ())
    shell = program(tmp_path / "chromium_headless_shell-1200/chrome-linux/headless_shell")
    assert find_chromium({"PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == shell


def test_a_named_chromium_that_is_missing_is_said_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(BrowserMissingError, match="/gone"):
        find_chromium({"SHUTTERSTEP_CHROMIUM": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    "advice",
    ["make setup", "apt-get install chromium-headless-shell", "python -m playwright install chromium-headless-shell"],
)
def test_without_any_chromium_the_error_says_how_to_get_one(
    advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renderer.browser.chromium_flags.PLACES", ())
    with pytest.raises(BrowserMissingError, match=advice):
        find_chromium({"PATH": str(tmp_path), "HOME": str(tmp_path)})


def test_the_browser_sees_neither_credentials_nor_the_job() -> None:
    ours = {"PATH": "/bin", "LC_ALL": "C", "JOB": "{}", "AWS_SECRET_ACCESS_KEY": "x", "ECS_AGENT_URI": "x"}
    assert browser_environment(ours) == {"PATH": "/bin", "LC_ALL": "C"}


@pytest.mark.parametrize(
    ("environment", "user_id"), [({}, 0), ({"ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4"}, 1000)]
)
def test_the_sandbox_is_off_for_root_and_in_a_container(environment: dict[str, str], user_id: int) -> None:
    assert not sandbox_works(environment, user_id)
