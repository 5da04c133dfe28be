"""The requests of a `shutterstep capture`: for each page its own options, the flags, and `--options`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from shutterstep_cli.verbs.text_files import NO_COMMENTS, text_in

Options = dict[str, Any]


def given_options(text: str | None) -> Options:
    """Returns the options in `--options`: JSON text, or a JSON file. Raises typer.BadParameter."""
    if text is None:
        return {}
    is_json = text.lstrip().startswith("{")
    if not is_json and not Path(text).is_file():
        raise typer.BadParameter(f"{text!r} is neither a JSON object nor a file", param_hint="--options")
    try:
        options = json.loads(text if is_json else text_in(Path(text), "--options"))
    except ValueError as error:
        raise typer.BadParameter(f"not valid JSON: {error}. {NO_COMMENTS}", param_hint="--options") from error
    if not isinstance(options, dict):
        raise typer.BadParameter("not a JSON object", param_hint="--options")
    return options


def with_flags(options: Options, flags: Options) -> Options:
    """Returns the options overridden by the given flags; a flag of the viewport keeps the viewport's other values."""
    given = {name: value for name, value in flags.items() if value not in (None, False, [])}
    if isinstance(options.get("viewport"), dict) and "viewport" in given:
        given["viewport"] = options["viewport"] | given["viewport"]
    return options | given


def requests_for(urls: list[str], html: list[Path], options: Options, listed: Sequence[Options] = ()) -> list[Options]:
    """Returns one request for each page.

    Raises typer.BadParameter when there is no page, or one id for several pages.
    """
    pages = [{"url": url} for url in urls] + [{"html": text_in(path, "--html")} for path in html] + list(listed)
    if not pages:
        pages = [{name: options[name]} for name in ("url", "html") if name in options]
    if not pages:
        raise typer.BadParameter(
            "give a URL, --html FILE, --from FILE, --sitemap URL, or `url` in --options", param_hint="URL"
        )
    if "id" in options and len(pages) > 1:
        raise typer.BadParameter("an id names one picture: give one page", param_hint="--id")
    rest = {name: value for name, value in options.items() if name not in ("url", "html")}
    # A list's own options for a page override the options for all pages.
    return [rest | page for page in pages]
