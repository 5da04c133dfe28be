"""Incidents on the local stack: the commands that the documents name find each cause and repair it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shutterstep_cli.local import local_stack
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.end_to_end.slow_site import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


def shutterstep(*arguments: str, **environment: str) -> Done:
    command = [sys.executable, "-m", "shutterstep_cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Gives a stack for these tests only, because they break it."""
    with stack_of_its_own(tmp_path_factory.mktemp("incidents"), launcher=True) as target:
        yield target


def kill(part: str) -> None:
    """SIGKILL to the launcher or the emulator, and wait until it is gone."""
    running = local_stack.known()
    assert running is not None
    pid = getattr(running, f"{part}_pid")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2:3])


def stack_processes(home: Path) -> list[str]:
    """The command lines of the processes of the local stack of a folder."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [line for line in lines if "shutterstep_cli.local." in line and str(home) in line]


def failed_checks(done: Done) -> dict[str, str]:
    checks = json.loads(done.stdout)["checks"]
    return {check["name"]: check["fix"] for check in checks if check["status"] == "fail"}


@pytest.mark.usefixtures("stack")
def test_a_stack_that_works_says_so() -> None:
    done = shutterstep("local", "status", "--json")
    assert (done.returncode, json.loads(done.stdout)["troubles"]) == (0, [])
    assert failed_checks(shutterstep("doctor", "--json")) == {}


@pytest.mark.usefixtures("stack")
def test_a_dead_launcher_is_found_by_status_doctor_and_capture_and_mended_by_local_up() -> None:
    kill("launcher")
    status = shutterstep("local", "status")
    assert status.returncode == 1
    assert "launcher of render tasks has ended" in status.stderr
    assert "shutterstep local up" in status.stderr
    assert failed_checks(shutterstep("doctor", "--json")) == {"launcher of render tasks": "shutterstep local up"}
    capture = shutterstep("capture", "https://example.com")
    assert capture.returncode == 2
    assert "shutterstep local up" in capture.stderr
    assert shutterstep("local", "up").returncode == 0
    assert shutterstep("local", "status").returncode == 0


@pytest.mark.usefixtures("stack")
def test_a_launcher_that_dies_while_capture_waits_ends_the_wait_with_its_cure() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # accepts connections and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        command = [sys.executable, "-m", "shutterstep_cli", "capture", url, "--timeout-ms", "120000"]
        capturing = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        with capturing as capture, silent.accept()[0]:
            kill("launcher")
            _, said = capture.communicate(timeout=120)
    assert capture.returncode == 1
    assert "launcher of render tasks has ended" in said
    assert "shutterstep local up" in said
    assert shutterstep("local", "up").returncode == 0


@pytest.mark.usefixtures("stack")
def test_logs_tell_one_id_from_every_part_in_order_of_time() -> None:
    assert shutterstep("capture", f"http://127.0.0.1:{free_port()}/", "--id", "told").returncode == 1
    # The item is failed a moment before the execution ends.
    wait_for(lambda: "ended: failed: Render.ConnectionFailed" in shutterstep("logs", "told", "--json").stdout)
    lines = [json.loads(line) for line in shutterstep("logs", "told", "--json").stdout.splitlines()]
    assert {"starter", "workflow", "renderer"} <= {line["component"] for line in lines}
    assert lines == sorted(lines, key=lambda line: line["time"])
    workflow = [line["text"] for line in lines if line["component"] == "workflow"]
    assert workflow[:2] == ["Claim: passed", "RenderOnTask: begins"]
    assert workflow[-1].startswith("ended: failed: Render.ConnectionFailed")
    assert shutterstep("logs", "nobody").returncode == 1


@pytest.mark.usefixtures("stack")
def test_two_local_up_at_once_leave_one_emulator_and_one_launcher_and_down_ends_both() -> None:
    home = local_stack.home()
    assert shutterstep("local", "down").returncode == 0
    with ThreadPoolExecutor(2) as both:
        codes = list(both.map(lambda _: shutterstep("local", "up").returncode, range(2)))
    assert codes == [0, 0]
    assert len(stack_processes(home)) == 2
    before = local_stack.known()
    assert shutterstep("local", "down").returncode == 0
    assert stack_processes(home) == []
    assert shutterstep("local", "up").returncode == 0
    after = local_stack.known()
    assert before is not None
    assert after is not None
    assert after.port == before.port


@pytest.mark.usefixtures("stack")
def test_a_port_that_is_asked_for_is_taken_or_refused_but_never_another() -> None:
    running = local_stack.known()
    assert running is not None
    done = shutterstep("local", "up", "--port", str(running.port + 1))
    assert done.returncode == 1
    assert "shutterstep local down" in done.stderr


@pytest.mark.usefixtures("stack")
def test_a_chromium_that_does_not_start_is_found_by_doctor() -> None:
    found = failed_checks(shutterstep("doctor", "--json", SHUTTERSTEP_CHROMIUM="/nowhere"))
    assert found["Chromium"].startswith("make setup")


@pytest.mark.usefixtures("stack")
def test_the_aws_cli_reaches_the_local_stack_alone_whatever_the_environment_says() -> None:
    environment = {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "https://sqs.example.com", "AWS_REGION": "x"}
    done = shutterstep("local", "aws", "sqs", "list-queues", **environment)
    assert done.returncode == 0, done.stderr
    assert all("127.0.0.1" in url for url in json.loads(done.stdout)["QueueUrls"])


@pytest.mark.usefixtures("stack")
def test_the_environment_of_the_local_stack_can_be_taken_out_of_a_shell() -> None:
    script = 'eval "$({0} local env)"; test -n "$AWS_ENDPOINT_URL" && eval "$({0} local env --unset)"; env'
    done = subprocess.run(
        ["bash", "-c", script.format(f"{sys.executable} -m shutterstep_cli")],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    left = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert not left & set(json.loads(shutterstep("local", "env", "--unset", "--json").stdout))


def test_a_table_and_a_bucket_that_are_gone_are_each_named_with_their_fix(stack: Target) -> None:
    running = local_stack.known()
    assert running is not None
    target = Target(local_stack.session(), stack.stack_name, running.endpoint_url)
    target.client("s3").delete_bucket(Bucket=target.outputs["BucketName"])
    target.client("dynamodb").delete_table(TableName=target.outputs["TableName"])
    found = failed_checks(shutterstep("doctor", "--json"))
    assert {"table", "bucket"} <= found.keys()
    assert all("shutterstep local up" in found[name] for name in ("table", "bucket"))
    query = shutterstep("query")
    assert query.returncode == 1
    assert query.stderr.startswith("A part of the stack does not exist")
    assert "Traceback" not in query.stderr


@pytest.mark.usefixtures("stack")
def test_a_dead_emulator_is_told_from_one_that_was_never_started() -> None:
    kill("emulator")
    for arguments in (["local", "status"], ["query"], ["doctor"]):
        done = shutterstep(*arguments)
        assert done.returncode in (1, 2)
        assert done.stderr.startswith("The embedded AWS has ended")
        assert "shutterstep local up" in done.stderr
    assert shutterstep("local", "up").returncode == 0
    assert failed_checks(shutterstep("doctor", "--json")) == {}
