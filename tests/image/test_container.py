"""The properties of a render task's container, and what a page that took over its browser would find in it."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target
from tests.image.conftest import SlowSite, has_the_flags_of_the_task_definition, renderers
from tests.waiting import wait_for

SECRETS = ("JOB=", "AWS_CONTAINER_", "AWS_SECRET_", "AWS_SESSION_", "ECS_CONTAINER_")


@pytest.fixture(scope="module")
def container(running_stack: Target, engine: Any) -> Iterator[Any]:
    """A container that is rendering; its browser waits for a page."""
    site = SlowSite()
    request = {"id": uuid.uuid4().hex, "url": site.url, "timeoutMs": 60000}
    shot = submit(running_stack, request)
    wait_for(lambda: site.asked)
    (running,) = renderers(engine)
    yield running
    site.let.set()
    follow(running_stack, [shot], lambda: None, 60)
    assert shot.status == "success"
    site.server.shutdown()


def run(container: Any, script: str) -> str:
    """The output of a shell script, run beside the renderer as its user, and of whatever it could not do."""
    return container.exec_run(["sh", "-c", script]).output.decode()


def statuses(container: Any) -> dict[str, dict[str, str]]:
    """By process: the lines of its /proc/…/status, of the renderer, its driver and its browser, not of this look."""
    pages = run(
        container, "for p in /proc/[0-9]*; do [ $p = /proc/$$ ] || cat $p/status 2>/dev/null; echo --; done"
    ).split("--\n")
    found = [dict(line.split(":\t", 1) for line in page.splitlines() if ":\t" in line) for page in pages]
    # A process may end while it is read.
    whole = [one for one in found if {"Pid", "Name", "Seccomp"} <= one.keys()]
    return {f"{one['Pid']} {one['Name']}": one for one in whole if one["Name"] not in ("cat", "sh")}


def test_the_container_has_the_flags_of_the_task_definition(container: Any) -> None:
    has_the_flags_of_the_task_definition(container)


def test_no_process_has_a_right_or_can_gain_one(container: Any) -> None:
    processes = statuses(container)
    assert {name.split()[1] for name in processes} >= {"tini", "python", "chromium-headle"}
    for name, status in processes.items():
        assert set(status["Uid"].split()) == {"10001"}, name
        assert (status["CapEff"], status["CapBnd"]) == ("0" * 16, "0" * 16), name
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), name


def test_no_program_gives_more_rights_than_its_caller_has(container: Any) -> None:
    assert run(container, "find / -xdev -type f -perm /6000 2>/dev/null") == ""


def test_only_tmp_can_be_written(container: Any) -> None:
    tried = "for d in / /opt/renderer/app /usr/bin /var /etc /home /tmp; do touch $d/new 2>/dev/null && echo $d; done"
    assert run(container, tried).split() == ["/tmp"]


def test_nothing_of_the_browsers_user_reads_the_token_or_the_way_to_the_credentials(container: Any) -> None:
    read = run(container, "for p in /proc/[0-9]*; do [ $p = /proc/$$ ] || cat $p/environ 2>/dev/null; done")
    variables = [line for line in read.split("\0") if line]
    assert "HOME=/tmp" in variables  # the browser's own environment can be read, or this test would show nothing
    own = run(container, "env").splitlines()
    assert any(line.startswith(SECRETS) for line in own)  # docker gives them to this look; ECS Exec would too
    assert [line for line in variables if line.startswith(SECRETS) and line not in own] == []
    denied = run(container, "cat /proc/1/environ; cat /proc/1/mem; cat /proc/1/maps")
    assert denied.count("Permission denied") == 3


def test_the_init_takes_the_exit_status_of_orphans(container: Any) -> None:
    run(container, "(sleep 0.2 &)")
    wait_for(lambda: "sleep" not in run(container, "cat /proc/[0-9]*/comm"), seconds=10)
    assert not [name for name, status in statuses(container).items() if status["State"].startswith("Z")]


# What no font has is drawn as a box; U+0379 is no letter (nor is U+0378), and shows that this page would tell.
GLYPHS = """<!doctype html><meta charset=utf-8><script>
const draw = text => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 48, height: 48});
  const context = canvas.getContext('2d');
  context.font = '32px sans-serif';
  context.fillText(text, 4, 36);
  return canvas.toDataURL();
};
const box = draw('\\u0378');
const missing = [...'中あ한กअعא😀\\u0379'].filter(text => draw(text) === box);
document.title = missing.map(text => text.codePointAt(0).toString(16)).join();
</script>"""


def test_the_fonts_know_the_worlds_scripts_and_emoji(running_stack: Target, site: SlowSite) -> None:
    site.page = GLYPHS.encode()
    site.let.set()
    shot = submit(running_stack, {"id": uuid.uuid4().hex, "url": site.url})
    follow(running_stack, [shot], lambda: None, 60)
    assert (shot.status, shot.result.get("title")) == ("success", "379")
