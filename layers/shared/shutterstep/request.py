"""The request: what a message may say (JSON Schema 2020-12), its defaults, and the hash that tells two apart."""

import hashlib
import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from shutterstep.errors import InvalidRequestError

Request = dict[str, Any]

# These say whose the picture is and how long it is kept, not what is on it.
_NOT_IN_THE_PICTURE = ("id", "reuse", "expiresInDays", "metadata")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a request."""
    return json.loads(files("shutterstep").joinpath("request.schema.json").read_text("utf-8"))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def parse(body: str) -> Request:
    """The request in a message's body (JSON text), validated; raises InvalidRequestError."""
    try:
        message = json.loads(body)
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"the message is not JSON: {error}") from error
    return validate(message)


def validate(message: Any) -> Request:
    """The message itself when it fits the schema; raises InvalidRequestError that names the field."""
    problem = best_match(_validator().iter_errors(message))
    if problem is not None:
        raise _as_invalid_request(problem)
    assert isinstance(message, dict)  # noqa: S101 (the schema says so; this tells the type checker)
    return message


def _as_invalid_request(problem: ValidationError) -> InvalidRequestError:
    field = ".".join([str(part) for part in problem.absolute_path] + _own_field(problem))
    return InvalidRequestError(f"{field or 'message'}: {_shortened(problem.message)}", field)


def _own_field(problem: ValidationError) -> list[str]:
    """The schema reports an absent or unknown field at its parent; the user wants the field's own name."""
    rule: Any = problem.validator_value
    instance: Any = problem.instance
    node: Any = problem.schema
    if problem.validator == "required":
        return [next(name for name in rule if name not in instance)]
    if problem.validator == "additionalProperties" and rule is False:
        return [next(name for name in instance if name not in node["properties"])]
    return []


def _shortened(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def with_defaults(request: Request) -> Request:
    """A copy of the request in which every option that has a default stands."""
    return _filled(schema(), deepcopy(request))


def _filled(node: dict[str, Any], value: Request) -> Request:
    for name, option in node["properties"].items():
        if "default" in option:
            value.setdefault(name, option["default"])
        elif "properties" in option:
            value[name] = _filled(option, value.get(name, {}))
    return value


def request_hash(request: Request) -> str:
    """SHA-256 (hex) of what determines the picture: equal for equal pictures, however the request is spelled."""
    picture = {name: value for name, value in with_defaults(request).items() if name not in _NOT_IN_THE_PICTURE}
    canonical = json.dumps(picture, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
