"""Says in words what is wrong with a request: without regular expressions, and without values that may be secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError

# What each field's pattern asks for.
PATTERNS = {
    "id": "must be 1 to 128 letters, digits, dots, underscores or hyphens",
    "url": "must begin with http:// or https:// and have a host",
    "locale": "must be a language tag, such as en-US or vi-VN",
    "timezone": "must be an IANA time zone, such as Asia/Ho_Chi_Minh",
    "userAgent": "must be printable ASCII text",
    "headers": "must be printable ASCII text",
    "cookies": "has a character that a cookie cannot carry",
}
TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "object": "a JSON object", "array": "a list",
}  # fmt: skip
ECHOED = 80
PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]{1,80}(:[0-9]{1,5})?")


def in_words(problem: ValidationError) -> str:
    """Returns one clause without the field's name, which the caller puts before it."""
    say = _WORDS.get(str(problem.validator))
    return say(problem) if say else "does not fit the schema of requests (docs/REQUEST.md)"


def unknown_field(problem: ValidationError) -> str:
    """Returns the first field of the object that the schema does not know."""
    instance: Any = problem.instance
    return next(name for name in instance if name not in _known(problem))


def _known(problem: ValidationError) -> list[str]:
    schema: Any = problem.schema
    return list(schema.get("properties", {}))


def _unknown(problem: ValidationError) -> str:
    name = unknown_field(problem)
    by_lower = {known.lower(): known for known in _known(problem)}
    close = get_close_matches(name[:ECHOED].lower().replace("_", "").replace("-", ""), by_lower, 1, 0.6)
    return "unknown field" + (f": did you mean {by_lower[close[0]]}?" if close else "")


def _one_of(problem: ValidationError) -> str:
    rule: Any = problem.validator_value
    allowed = [str(value) for value in rule]
    close = get_close_matches(str(problem.instance)[:ECHOED].lower(), allowed, 1, 0.6)
    return f"must be one of {', '.join(allowed)}" + (f": did you mean {close[0]}?" if close else "")


def _any_of(problem: ValidationError) -> str:
    rule: Any = problem.validator_value
    kinds = [part for part in rule if isinstance(part, dict)]
    texts = [", ".join(map(str, part["enum"])) for part in kinds if "enum" in part]
    numbers = [f"{part['minimum']} to {part['maximum']}" for part in kinds if {"minimum", "maximum"} <= part.keys()]
    said = " or ".join(texts + [f"a number from {one}" for one in numbers])
    return f"must be {said}" if said else "has none of the allowed forms (docs/REQUEST.md)"


def _pattern(problem: ValidationError) -> str:
    path = [str(part) for part in problem.absolute_path]
    text = PATTERNS.get(path[0] if path else "", "has a form that is not allowed (docs/REQUEST.md)")
    return text + (_with_scheme(str(problem.instance)) if path == ["url"] else "")


def _with_scheme(url: str) -> str:
    """Returns a hint with the URL that was probably meant. It repeats only a plain host; the rest may hold a secret."""
    host = url.split("/", 1)[0]
    looks_plain = PLAIN_HOST.fullmatch(host) and ("." in host or host.startswith("localhost"))
    rest = "/…" if len(url.rstrip("/")) > len(host) else ""
    return f": did you mean https://{host}{rest}?" if looks_plain else ""


def _bound(words: str, unit: str = "") -> Callable[[ValidationError], str]:
    return lambda problem: f"must be {words} {problem.validator_value:,}{unit}"


def _has(words: str, unit: str) -> Callable[[ValidationError], str]:
    return lambda problem: f"must have {words} {problem.validator_value:,} {unit}"


def _type(problem: ValidationError) -> str:
    wanted = problem.validator_value
    names = wanted if isinstance(wanted, list) else [wanted]
    return f"must be {' or '.join(TYPES.get(str(name), str(name)) for name in names)}"


_WORDS: dict[str, Callable[[ValidationError], str]] = {
    "additionalProperties": _unknown,
    "anyOf": _any_of,
    "enum": _one_of,
    "maximum": _bound("at most"),
    "maxItems": _has("at most", "entries"),
    "maxLength": _has("at most", "characters"),
    "maxProperties": _has("at most", "entries"),
    "minimum": _bound("at least"),
    "minItems": _has("at least", "entries"),
    "minLength": _has("at least", "characters"),
    "oneOf": _any_of,
    "pattern": _pattern,
    "required": lambda _: "is missing",
    "type": _type,
    "uniqueItems": lambda _: "has the same entry twice",
}
