"""Entry point of the command `shutterstep`; says which extra is missing where only the producer's part is installed."""

import sys

NEEDS_CLI = "The shutterstep command needs the extra cli. Install it: pip install 'shutterstep[cli]'"


def main() -> None:
    """Run the command."""
    try:
        from shutterstep_cli.main import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        print(NEEDS_CLI, file=sys.stderr)
        sys.exit(2)
    app()


if __name__ == "__main__":
    main()
