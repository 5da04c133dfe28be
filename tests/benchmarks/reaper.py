"""Runs a command and reaps every orphan it leaves, so that none is lost from the CPU time of its tree.

`python -m tests.benchmarks.reaper COMMAND...`. Some takers kill their browser and never wait for its processes.
"""

import os
import subprocess
import sys

from renderer.browser.spawn import become_reaper


def main(command: list[str]) -> int:
    """The exit code of the command."""
    become_reaper()
    process = subprocess.Popen(command)
    while True:
        ended, status = os.wait()
        if ended == process.pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
