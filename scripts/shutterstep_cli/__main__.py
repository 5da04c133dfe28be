"""Entry point of the command `shutterstep`; says which extra to install where only the producer's part is installed."""

import os
import sys
from pathlib import Path

NEEDS_CLI = "The shutterstep command needs the extra cli. Install it: pip install 'shutterstep[cli]'"


def main() -> None:
    """Runs the command. Ctrl-C ends it with exit code 130 at any moment, also while the command is still loading."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(130)


def _run() -> None:
    try:
        from shutterstep_cli.main import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print(NEEDS_CLI, file=sys.stderr)
        sys.exit(2)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell, as in `>&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (until the end)
    app()


if __name__ == "__main__":
    main()
