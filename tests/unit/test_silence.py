"""A command that takes long says so on stderr, and stdout contains only the result."""

from collections.abc import Callable
from typing import Any

import pytest

from shutterstep_cli import terminal
from shutterstep_cli.main import app
from shutterstep_cli.trouble import CommandError
from tests.waiting import wait_for

WAITS_FOR_A_STACK = (
    "capture https://example.com", "query", "show home", "logs home", "replay --dry-run", "dlq list", "doctor",
    "load-test 5", "console", "verify",
)  # fmt: skip


def until(said: Callable[[], bool]) -> Callable[[Any], None]:
    """A stack that is found only when the command has said something."""

    def choose_target(_name: Any) -> None:
        wait_for(said)
        raise CommandError("enough")

    return choose_target


@pytest.mark.parametrize("typed", WAITS_FOR_A_STACK)
def test_a_verb_that_waits_says_so(
    typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []

    def said() -> bool:
        heard.append(capsys.readouterr().err)
        return "is still working" in "".join(heard)

    module = typed.split()[0].replace("-", "_")
    monkeypatch.setattr(terminal, "SILENCE_SECONDS", 0.01)
    monkeypatch.setattr(f"shutterstep_cli.verbs.{module}.choose_target", until(said))
    with pytest.raises(SystemExit) as ended:
        app(typed.split())
    assert ended.value.code == 2
    assert f"shutterstep {typed.split()[0]} is still working … " in "".join(heard)


def test_what_a_verb_does_now_is_the_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []

    def said() -> bool:
        heard.append(capsys.readouterr().err)
        return "2 of 3 ended … " in "".join(heard)

    monkeypatch.setattr(terminal, "SILENCE_SECONDS", 0.01)
    with terminal.words_in_silence("shutterstep capture"), terminal.Working("sending") as work:
        work.update("2 of 3 ended")
        wait_for(said)


def test_a_question_without_a_terminal_names_yes() -> None:
    with pytest.raises(CommandError, match="--yes"):
        terminal.confirm("Delete?", yes=False)
