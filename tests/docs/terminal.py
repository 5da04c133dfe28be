"""A reader's terminal: one bash for each document; variables, folders and background jobs last from block to block."""

import os
import re
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

from tests.docs.blocks import ROOT

INTERRUPTED = 128 + signal.SIGINT  # the exit code that a shell gives for Ctrl-C
ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+/\S*")

# The exit code of a block is that of the first command that failed; as in a terminal, the following commands still run.
BEFORE = "code=0; trap '((code)) || code=$?' ERR"
AFTER = "trap - ERR; echo {} $code"


class Terminal:
    """Runs blocks one after the other; each returns the exit code of its first command that failed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the terminal)
        self.bash = subprocess.Popen(
            ["bash", "--norc", "-E"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.bash.stdin.close()  # pyright: ignore[reportOptionalMemberAccess]
        try:
            self.bash.wait(10)
        finally:
            _end(self.bash)
            self.log.close()

    def run(self, text: str, seconds: float = 300) -> tuple[int, str]:
        """Exit code and output of a block."""
        mark, start = f"done-{uuid.uuid4().hex}", os.fstat(self.log.fileno()).st_size
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
            file.write(text)
            file.flush()
            script = f"{BEFORE}\nsource {file.name} </dev/null\n{AFTER.format(mark)}\n"
            self.bash.stdin.write(script)  # pyright: ignore[reportOptionalMemberAccess]
            self.bash.stdin.flush()  # pyright: ignore[reportOptionalMemberAccess]
            return self._wait_for(mark, start, seconds)

    def _wait_for(self, mark: str, start: int, seconds: float) -> tuple[int, str]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            written = os.pread(self.log.fileno(), 1 << 24, start).decode("utf-8", "replace")
            if found := re.search(rf"^{mark} (\d+)$", written, re.MULTILINE):
                return int(found[1]), written[: found.start()]
            if self.bash.poll() is not None:
                return self.bash.returncode, written
            time.sleep(0.05)
        raise TimeoutError(f"not done after {seconds:.0f} s:\n{text_of(self.log.fileno(), start)}")

    def serve_until_interrupted(self, text: str, seconds: float = 120) -> tuple[int, str]:
        """Starts a command that serves a page, opens the page, and presses Ctrl-C; returns exit code and output."""
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {text}"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                _open_page(log.fileno(), process, seconds)
                os.killpg(process.pid, signal.SIGINT)
                code = process.wait(60)
                return 0 if code == INTERRUPTED else code, text_of(log.fileno())
            finally:
                _end(process)


def _open_page(log: int, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if found := ADDRESS.search(os.pread(log, 1 << 20, 0)):
            with urlopen(found[0].decode(), timeout=60) as page:
                assert page.status == 200
                return
        time.sleep(0.1)
    raise AssertionError(f"no page came:\n{text_of(log)}")


def text_of(log: int, start: int = 0) -> str:
    return os.pread(log, 1 << 24, start).decode("utf-8", "replace")


def _end(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)  # its background jobs too
    except ProcessLookupError:
        return


def path_with(folder: Path) -> str:
    """The project's commands first, then the folder's."""
    return os.pathsep.join([str(ROOT / ".venv" / "bin"), str(folder), os.environ["PATH"]])
