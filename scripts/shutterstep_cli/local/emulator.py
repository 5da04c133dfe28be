"""`python -m shutterstep_cli.local.emulator PORT --calls FILE [--containers]`: the embedded AWS, ministack patched.

On loopback, until SIGTERM. `--containers` runs ECS tasks as containers of the engine that DOCKER_HOST names.
"""

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Serve; the environment is ministack's only configuration and is read when it is imported."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port")
    parser.add_argument("--calls", type=Path, required=True, help="the record of which role called what")
    parser.add_argument("--containers", action="store_true")
    options = parser.parse_args()
    os.environ |= {
        "GATEWAY_PORT": options.port,
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true",  # who calls is asked, and what the policies of its role allow
        "MINISTACK_DOCKER_TIMEOUT": "60",
    }
    sys.argv = sys.argv[:1]
    from ministack import app

    from shutterstep_cli.local import patches, permissions, task_containers

    patches.apply_all()
    permissions.count_loopback_as_tls()
    permissions.know_whose_token_it_is()
    permissions.record_calls(options.calls)
    if options.containers:
        task_containers.start_containers_as_defined()
        task_containers.give_tasks_their_role()
    else:
        task_containers.leave_the_engine_alone()
    app.main()


if __name__ == "__main__":
    main()
