"""`python -m shutterstep_cli.local.emulator PORT --calls FILE --root-key FILE --closed-ports FOLDER [--containers]`

Runs the embedded AWS (patched ministack) on loopback behind a gate, until SIGTERM. With `--containers`, ECS tasks run
as containers of the engine that DOCKER_HOST names.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path

from shutterstep_cli.local.root_key import read_root_key


def main() -> None:
    """Serves the emulator. Its only configuration is the environment, which ministack reads at import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port")
    parser.add_argument("--calls", type=Path, required=True, help="the record of which role called what")
    parser.add_argument("--root-key", type=Path, required=True, help="the file with the operator's credentials")
    parser.add_argument("--closed-ports", type=Path, required=True, help="the folder of ports that no page may reach")
    parser.add_argument("--containers", action="store_true")
    options = parser.parse_args()
    key = read_root_key(options.root_key)
    os.environ |= {
        "GATEWAY_PORT": options.port,
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true",  # checks the caller, and what the policies of its role allow
        "AWS_ACCESS_KEY_ID": key.access_key_id,  # the key of its root; the gate keeps the secret
        "MINISTACK_DOCKER_TIMEOUT": "60",
    }
    sys.argv = sys.argv[:1]
    from ministack import app

    from shutterstep_cli.local import patches, permissions, task_containers
    from shutterstep_cli.local.gate import Gate
    from shutterstep_cli.local.replace import replace

    patches.apply_all()
    permissions.count_loopback_as_tls()
    permissions.know_whose_token_it_is()
    permissions.name_the_account_that_ecs_works_for()
    permissions.record_calls(options.calls)
    permissions.give_functions_random_credentials()
    registry_password = secrets.token_urlsafe(30)
    permissions.let_the_registry_ask_for(registry_password)
    if options.containers:
        task_containers.start_containers_as_defined()
        task_containers.give_tasks_their_role(options.closed_ports)
    else:
        task_containers.leave_the_engine_alone()
    replace(app, "app", lambda emulator: Gate(emulator, key, registry_password))
    app.main()


if __name__ == "__main__":
    main()
