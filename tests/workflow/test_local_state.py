"""The local stack is found, and can be ended, also where its note on disk was lost."""

from shutterstep_cli.local import local_stack
from shutterstep_cli.stack.target import Target


def test_a_running_stack_is_found_although_its_state_is_half_written(running_stack: Target) -> None:
    state = local_stack.home() / "stack.json"
    whole = state.read_text("utf-8")
    known = local_stack.find()
    try:
        state.write_text(whole[:20], "utf-8")
        found = local_stack.find()
    finally:
        state.write_text(whole, "utf-8")
    assert known is not None
    assert found is not None
    assert (found.port, found.emulator_pid, found.launcher_pid) == (
        known.port,
        known.emulator_pid,
        known.launcher_pid,
    )
    assert found.parameters["RenderMode"] == "task"
