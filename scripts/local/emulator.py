"""The embedded AWS: `python -m scripts.local.emulator PORT` serves ministack, patched, on loopback until SIGTERM."""

import os
import sys


def main() -> None:
    """Serve; the environment is ministack's only configuration and is read when it is imported."""
    os.environ |= {
        "GATEWAY_PORT": sys.argv[1],
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    sys.argv = sys.argv[:1]
    from ministack import app

    from scripts.local import patches

    patches.apply_all()
    app.main()


if __name__ == "__main__":
    main()
