"""The local stack's files on disk: they are complete or missing, and a partial one stops nothing."""

from pathlib import Path
from typing import Any

import pytest

from shutterstep_cli.local import local_stack
from shutterstep_cli.local.launcher import Launcher
from shutterstep_cli.local.root_key import create_root_key
from shutterstep_cli.local.whole_file import write_whole

NOBODY: Any = None


@pytest.mark.parametrize("content", ["", "12 and a half", "-"])
def test_a_process_id_that_cannot_be_read_does_not_stop_the_launcher(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path))
    create_root_key(local_stack.root_key_file())
    logs = tmp_path / "tasks"
    logs.mkdir()
    (logs / "task.pid").write_text(content)
    launcher = Launcher("http://127.0.0.1:9", "cluster", logs, tmp_path, 1, NOBODY, NOBODY)
    reported: list[str] = []
    launcher.running_tasks = lambda: [{"taskArn": "arn:aws:ecs:::task/cluster/task"}]
    launcher.report = lambda arn, _code: reported.append(arn)
    launcher.give_up_lost_tasks()
    assert reported == ["arn:aws:ecs:::task/cluster/task"]
    assert not list(logs.iterdir())


@pytest.mark.parametrize("content", ["", '{"port": 45', "[]", '{"of_another_version": 1}', "null", "\0"])
def test_a_state_that_cannot_be_read_stops_no_command(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUTTERSTEP_HOME", str(tmp_path))
    (tmp_path / "stack.json").write_text(content)
    assert local_stack.find() is None
    assert local_stack.down() is False
    assert not (tmp_path / "stack.json").exists()


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_whole(tmp_path / "state", "old")
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "state", "new")
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("state", b"old")]
