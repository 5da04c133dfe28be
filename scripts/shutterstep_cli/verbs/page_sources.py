"""Pages for `shutterstep capture` from a list or a sitemap: one request each, with the options given beside it."""

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import typer

from shutterstep.request import schema
from shutterstep_cli.verbs.text_files import NO_COMMENTS, text_in
from shutterstep_cli.wanted import fits

MOST_PAGES = 50_000
MOST_BYTES = 50 * 1024 * 1024  # the limit of sitemaps.org for one file
DEEPEST_INDEX = 3
SECONDS = 30
DELIMITERS = (",", ";", "\t")  # spreadsheets of some countries write semicolons; the first wins
LIST, MAP = "--from", "--sitemap"


def pages_in(name: str) -> Iterator[dict[str, Any]]:
    """Yields the requests of a file, or of standard input for `-`: a URL or a JSON object a line, or CSV with a header.

    Empty lines and lines that begin with # are skipped. Raises typer.BadParameter, which names the line.
    """
    requests = list(_requests_in(name))
    if not requests:
        raise typer.BadParameter(f"{name} has no page: write a URL or a JSON object a line, or CSV", param_hint=LIST)
    yield from requests


def _requests_in(name: str) -> Iterator[dict[str, Any]]:
    text = _text_of(name)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    if name.lower().endswith(".csv") or "url" in [cell.strip() for cell in first.split(delimiter)]:
        yield from _from_csv(text, delimiter)
        return
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _from_line(line.strip(), number)


def _text_of(name: str) -> str:
    if name != "-":
        return text_in(Path(name), LIST)
    if sys.stdin.isatty():
        typer.echo("reading pages from the terminal, one a line; end with Ctrl-D", err=True)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"standard input is not UTF-8 text, at byte {error.start}", param_hint=LIST) from error


def _from_line(line: str, number: int) -> dict[str, Any]:
    if not line.startswith("{"):
        return {"url": line}
    try:
        return json.loads(line)
    except ValueError as error:
        raise typer.BadParameter(f"line {number}: not valid JSON: {error}. {NO_COMMENTS}", param_hint=LIST) from error


def _from_csv(text: str, delimiter: str) -> Iterator[dict[str, Any]]:
    """Yields a request for each row.

    Columns are options; `viewport.width` is one of a group; an empty cell gives none.
    """
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    for number, row in enumerate(rows, 2):
        request: dict[str, Any] = {}
        for name, value in row.items():
            if name is None:
                wanted = f"line {number} has more cells than the header; put quotes around a cell with {delimiter!r}"
                raise typer.BadParameter(wanted, param_hint=LIST)
            if value in (None, ""):
                continue
            group, _, field = name.strip().rpartition(".")
            fields = request.setdefault(group, {}) if group else request
            if not isinstance(fields, dict):
                raise typer.BadParameter(f"line {number}: {name}: {group} is not a JSON object", param_hint=LIST)
            fields[field] = _typed(name.strip(), str(value), number)
        if request:
            yield request


def _typed(name: str, value: str, number: int) -> Any:
    """Returns the value as the schema wants it: numbers, true, false, and JSON for lists and groups; else the text."""
    option: Any = schema()
    for part in name.split("."):
        option = option.get("properties", {}).get(part, {})
    if option.get("type") not in ("integer", "number", "boolean", "array", "object"):
        return value
    try:
        return json.loads(value.lower() if option["type"] == "boolean" else value)
    except ValueError as error:
        wanted = f"line {number}: {name}: {value!r} is not {option['type']} in JSON"
        raise typer.BadParameter(wanted, param_hint=LIST) from error


def pages_of_sitemap(url: str, match: str | None) -> list[dict[str, Any]]:
    """Returns the pages of a sitemap, a sitemap index or a plain list, gzipped or not. Raises typer.BadParameter."""
    found = dict.fromkeys(address for address in _addresses(url, 0) if match is None or fits(address, match))
    if not found:
        raise typer.BadParameter(f"{url}: has no pages" + (f" like {match}" if match else ""), param_hint=MAP)
    return [{"url": address} for address in found]


def _addresses(url: str, depth: int) -> Iterator[str]:
    content = _fetched(url)
    if not content.lstrip().startswith(b"<"):
        yield from (line.strip() for line in content.decode("utf-8", "replace").splitlines() if line.strip())
        return
    try:
        tree = ElementTree.fromstring(content)  # noqa: S314 (Expat refuses entities that grow; the size is bounded)
    except ElementTree.ParseError as error:
        raise typer.BadParameter(f"{url}: not a sitemap: {error}", param_hint=MAP) from error
    is_index = tree.tag.rpartition("}")[2] == "sitemapindex"
    places = [(one.text or "").strip() for one in tree.iter() if one.tag.rpartition("}")[2] == "loc"]
    for place in places[:MOST_PAGES]:
        if is_index and depth < DEEPEST_INDEX:
            yield from _addresses(place, depth + 1)
        elif not is_index:
            yield place


def _fetched(url: str) -> bytes:
    if not url.lower().startswith(("http://", "https://")):
        raise typer.BadParameter(f"{url}: must begin with http:// or https://", param_hint=MAP)
    try:
        request = Request(url, headers={"User-Agent": "shutterstep", "Accept-Encoding": "gzip"})  # noqa: S310 (checked)
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content = answer.read(MOST_BYTES + 1)
        return _unpacked(content)
    except (OSError, HTTPException, ValueError, EOFError, zlib.error) as error:
        raise typer.BadParameter(f"{url}: {error}", param_hint=MAP) from error


def _unpacked(content: bytes) -> bytes:
    """Unpacks at most MOST_BYTES, because a small file may unpack to a very large one. Raises ValueError."""
    if content.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES // 1024 // 1024} MiB, the limit of a sitemap")
    return content
