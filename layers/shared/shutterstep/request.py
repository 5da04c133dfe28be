"""The request: JSON Schema 2020-12 of a message, its defaults, and the hash that tells two requests apart."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shutterstep.devices import device_viewport
from shutterstep.errors import InvalidRequestError
from shutterstep.plain_text import plain
from shutterstep.public_address import public_address
from shutterstep.quick_check import surely_fits
from shutterstep.rules import problems
from shutterstep.schema_words import in_words, unknown_field

if TYPE_CHECKING:
    from jsonschema import ValidationError

Request = dict[str, Any]

# More than the largest request has; the schema's own limits are far below.
MOST_VALUES, DEEPEST = 1000, 8
# Limits of the texts of an InvalidRequestError, in characters.
FIELD_LENGTH, REASON_LENGTH = 128, 300
# No error, log or history contains the values of these fields, or unknown names inside them.
SECRET_FIELDS = frozenset({"headers", "cookies", "basicAuth"})
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z-]{0,39}")
# The form of a mistyped option. Anything else may be a value that was put where a name belongs.
OPTION_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,31}|[0-9]{1,3}")
_KNOWN_NAMES = {"name", "value", "path", "httpOnly", "sameSite", "username", "password", *map(str, range(51))}

# These fields do not change the picture, so the hash leaves them out.
_NOT_IN_THE_PICTURE = ("id", "reuse", "expiresInDays", "metadata")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a request."""
    return json.loads(files("shutterstep").joinpath("request.schema.json").read_text("utf-8"))


def parse(body: str) -> Request:
    """Returns the validated request of a message's body (JSON text). Raises InvalidRequestError."""
    try:
        message = json.loads(body, object_pairs_hook=_each_once)
    except ValueError as error:
        raise InvalidRequestError(f"the message is not JSON: {plain(str(error), REASON_LENGTH)}") from error
    except RecursionError as error:
        raise InvalidRequestError("the message is nested too deep") from error
    return validate(message)


def _each_once(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns a JSON object.

    Raises InvalidRequestError for a repeated field, because programs differ in which one they use.
    """
    found = dict(fields)
    if len(found) < len(fields):
        counted = Counter(name for name, _ in fields)
        name = next(name for name, count in counted.items() if count > 1)
        field = name if name in schema()["properties"] else ""
        raise InvalidRequestError(f"{field or 'message'}: a field occurs twice", field)
    return found


def validate(message: Any) -> Request:
    """Returns the message if it fits the schema and the rules. Raises InvalidRequestError, which names the field."""
    _check_extent(message)
    problem = None if surely_fits(message, schema()) else _problem(message)
    if problem is not None:
        raise _as_invalid_request(problem)
    assert isinstance(message, dict)  # noqa: S101 (the schema says so; this tells the type checker)
    for field, text in (*_unwritable(message), *problems(message)):
        field = _told(field.split("."))
        raise InvalidRequestError(f"{field or 'message'}: {plain(text, REASON_LENGTH)}", field)
    return message


def _problem(message: Any) -> "ValidationError | None":
    """Returns the schema's most relevant error about the message, or None."""
    # Imported here, because most messages are valid: loading it costs a starting Lambda or task a tenth of a second.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    return best_match(Draft202012Validator(schema()).iter_errors(message))


def _check_extent(message: Any) -> None:
    """Refuses very large messages at once: the schema looks at every value, and compares some with each other."""
    if not isinstance(message, dict):
        return
    for name, value in message.items():
        values, layer, depth = 0, [value], 0
        while layer:
            values, depth = values + len(layer), depth + 1
            if values > MOST_VALUES or depth > DEEPEST:
                field = _told([name])
                raise InvalidRequestError(f"{field or 'message'}: has too many values, or is nested too deep", field)
            layer = [part for one in layer for part in _parts(one)]
    if len(message) > MOST_VALUES:
        raise InvalidRequestError("the message has too many fields")


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _as_invalid_request(problem: "ValidationError") -> InvalidRequestError:
    field = _told([*problem.absolute_path, *_own_field(problem)])
    return InvalidRequestError(f"{field or 'message'}: {plain(in_words(problem), REASON_LENGTH)}", field)


def _told(path: Iterable[Any]) -> str:
    """Returns the dotted name of a field, up to a part that may be a secret put where a name belongs."""
    parts = [str(part) for part in path]
    top = parts[0] if parts else ""
    if top in SECRET_FIELDS:
        is_name = HEADER_NAME.fullmatch if top == "headers" else _KNOWN_NAMES.__contains__
        return ".".join(parts) if all(map(is_name, parts[1:])) else top
    return ".".join(takewhile(OPTION_NAME.fullmatch, parts))


def _own_field(problem: "ValidationError") -> list[str]:
    """Returns the path of the field.

    The schema reports missing and unknown fields at their parent; users need the name.
    """
    rule: Any = problem.validator_value
    instance: Any = problem.instance
    if problem.validator == "required":
        return [next(name for name in rule if name not in instance)]
    if problem.validator == "additionalProperties" and rule is False:
        return [unknown_field(problem)]
    return []


def _unwritable(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Returns (path, problem) for each NaN, infinite number and unpaired surrogate.

    Python's JSON parser accepts them, but nothing after it can write them.
    """
    if isinstance(value, dict):
        named = [(f"{path}.{name}".lstrip("."), part) for name, part in value.items()]
        wrong = [
            (_writable(name), "is a name with an unpaired surrogate (half a character)")
            for name in value
            if _writable(name) != name
        ]
        return wrong + [found for name, part in named for found in _unwritable(part, name)]
    if isinstance(value, list):
        return [found for place, part in enumerate(value) for found in _unwritable(part, f"{path}.{place}")]
    if isinstance(value, float) and not math.isfinite(value):
        return [(path, "is not a finite number")]
    if isinstance(value, str) and _writable(value) != value:
        return [(path, "contains an unpaired surrogate (half a character)")]
    return []


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def public_url(request: Request) -> str:
    """Returns the request's address without secrets, because many people read items; about:blank for `html`."""
    return public_address(request["url"]) if "url" in request else "about:blank"


def with_defaults(request: Request) -> Request:
    """Returns a copy of the request with every default filled in; a device's own viewport replaces the default one."""
    filled = deepcopy(request)
    if "device" in filled:
        filled["viewport"] = device_viewport(filled["device"]) | filled.get("viewport", {})
    return _filled(schema(), filled)


def _filled(node: dict[str, Any], value: Request) -> Request:
    for name, option in node["properties"].items():
        if "default" in option:
            value.setdefault(name, deepcopy(option["default"]))
        elif "items" in option and "properties" in option["items"]:
            value |= {name: [_filled(option["items"], part) for part in value[name]]} if name in value else {}
        elif name in value or name == "viewport":
            value |= {name: _filled(option, value.get(name, {}))} if "properties" in option else {}
    return {name: _whole(part) for name, part in value.items()}


def _whole(value: Any) -> Any:
    """Returns whole floats as integers: JSON Schema accepts 800.0 as a whole number, but browser and hash need 800."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_it_counts(name: str, value: Any) -> Any:
    """Returns an option's value in one form for equal pictures: without differences of order, case or number format."""
    value = _numbers_whole(value)
    if name in ("block", "failOnStatus", "hideSelectors"):
        return sorted(set(value), key=str)
    if name == "headers":
        return {header.lower(): text for header, text in value.items()}
    if name == "url":
        return _address_as_it_counts(value)
    return value.lower() if name == "locale" else value


def _address_as_it_counts(url: str) -> str:
    """Returns the address as browsers read it: scheme and host in lower case, without the default port, `/` for no
    path.
    """
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    port = {"http": ":80", "https": ":443"}[parts.scheme]
    return parts._replace(netloc=login + at + host.lower().removesuffix(port), path=parts.path or "/").geturl()


def _numbers_whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers_whole(part) for name, part in value.items()}
    return [_numbers_whole(part) for part in value] if isinstance(value, list) else _whole(value)


def request_hash(request: Request) -> str:
    """Returns the SHA-256 (hexadecimal) of everything that determines the picture.

    Requests for equal pictures have equal hashes, however they are written.
    """
    # Values equal to their default are left out, so that a new option does not change the hash of older requests.
    usual = with_defaults({})
    given = with_defaults(request)
    if "device" in request:
        usual["viewport"] = device_viewport(request["device"])
    picture = {
        name: value for name, value in given.items() if name not in _NOT_IN_THE_PICTURE and value != usual.get(name)
    }
    picture = {name: _as_it_counts(name, value) for name, value in picture.items() if value not in ([], {})}
    canonical = json.dumps(picture, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
