"""Text files to read and folders to write that a user names. Errors are reported before any work begins."""

import os
from pathlib import Path

import typer

NO_COMMENTS = "JSON has neither comments nor a comma at the end of a list"


def text_in(path: Path, option: str) -> str:
    """Returns the UTF-8 text of a file without a byte order mark. Raises typer.BadParameter, which says what to do."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        wanted = f"{path} is not UTF-8 text, at byte {error.start}; convert it: iconv -f ENCODING -t UTF-8"
        raise typer.BadParameter(wanted, param_hint=option) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise typer.BadParameter(f"{path}: {getattr(error, 'strerror', None) or error}", param_hint=option) from error


def folder_to_write(path: Path, option: str) -> None:
    """Makes the folder if it is missing. Raises typer.BadParameter when it cannot be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise typer.BadParameter(
            f"{path} is not a folder, or its path leads through a file", param_hint=option
        ) from error
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {getattr(error, 'strerror', None) or error}", param_hint=option) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise typer.BadParameter(f"{path}: no permission to write there", param_hint=option)


def file_to_write(path: Path, option: str) -> None:
    """Makes the file's folder if it is missing. Raises typer.BadParameter when the file cannot be written."""
    folder_to_write(path.parent, option)
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder: name a file", param_hint=option)
    if path.exists() and not os.access(path, os.W_OK):
        raise typer.BadParameter(f"{path}: no permission to write it", param_hint=option)
