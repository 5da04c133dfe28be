"""Checks quickly whether a value fits a JSON Schema, without `jsonschema`, which explains errors but loads slowly."""

import re
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]

# Keywords that do not restrict a value.
NOTES = frozenset({"$schema", "title", "description", "default", "examples"})


def surely_fits(value: Any, schema: Schema) -> bool:
    """Returns True only for values that `jsonschema` accepts.

    False means nothing: some rare valid values, and unknown keywords, give it too.
    """
    return all(
        keyword in KEYWORDS and KEYWORDS[keyword](value, rule, schema)
        for keyword, rule in schema.items()
        if keyword not in NOTES
    )


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


# Only the types that Python's JSON parser makes. A whole float counts as an integer too, which makes no difference
# here.
TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int,
    "number": _is_number,
    "boolean": lambda value: type(value) is bool,
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
}


def _has_type(value: Any, rule: Any, _: Schema) -> bool:
    return type(rule) is str and rule in TYPES and TYPES[rule](value)


def _is_one_of(value: Any, rule: Any, _: Schema) -> bool:
    # In Python True equals 1, in JSON it does not.
    return any(type(value) is type(one) and value == one for one in rule)


def _are_unique(value: Any, rule: Any, _: Schema) -> bool:
    return not rule or not isinstance(value, list) or (all(map(_is_plain, value)) and len(set(value)) == len(value))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _properties_fit(value: Any, rule: Any, _: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    return all(surely_fits(value[name], inner) for name, inner in rule.items() if name in value)


def _others_fit(value: Any, rule: Any, schema: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    others = (part for name, part in value.items() if name not in schema.get("properties", {}))
    return all(isinstance(rule, dict) and surely_fits(part, rule) for part in others)


def _for(kind: type | tuple[type, ...], holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    """Returns the check of a keyword that applies to one kind of values only."""
    return lambda value, rule, _: not isinstance(value, kind) or isinstance(value, bool) or holds(value, rule)


KEYWORDS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _has_type,
    "enum": _is_one_of,
    "anyOf": lambda value, rule, _: any(surely_fits(value, one) for one in rule),
    "minimum": _for((int, float), lambda value, rule: value >= rule),
    "maximum": _for((int, float), lambda value, rule: value <= rule),
    "minLength": _for(str, lambda value, rule: len(value) >= rule),
    "maxLength": _for(str, lambda value, rule: len(value) <= rule),
    "pattern": _for(str, lambda value, rule: re.search(rule, value) is not None),
    "maxItems": _for(list, lambda value, rule: len(value) <= rule),
    "uniqueItems": _are_unique,
    "items": _for(list, lambda value, rule: all(surely_fits(part, rule) for part in value)),
    "required": _for(dict, lambda value, rule: all(name in value for name in rule)),
    "maxProperties": _for(dict, lambda value, rule: len(value) <= rule),
    "propertyNames": _for(dict, lambda value, rule: all(surely_fits(name, rule) for name in value)),
    "properties": _properties_fit,
    "additionalProperties": _others_fit,
}
