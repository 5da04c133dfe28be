"""The clone of the repository that some verbs need: template.yaml, the workflows, the containers' sources."""

from pathlib import Path


class CheckoutError(Exception):
    """There is no clone of the repository here; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "This needs the project's own files (template.yaml, statemachine/, functions/): "
            "clone the repository, and run the command inside the clone."
        )


def root() -> Path:
    """Returns the clone from which this command was installed, or the clone around the current folder.

    Raises CheckoutError when there is neither.
    """
    installed_from = Path(__file__).resolve().parents[2]
    for folder in (installed_from, Path.cwd(), *Path.cwd().parents):
        if (folder / "template.yaml").is_file() and (folder / "statemachine").is_dir():
            return folder
    raise CheckoutError
