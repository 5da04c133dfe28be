"""Random requests drawn from the schema, and message bodies that are not requests."""

import json
from typing import Any

from hypothesis import strategies as st

from shutterstep.devices import devices
from shutterstep.request import schema

OPTIONS: dict[str, Any] = schema()["properties"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ADDRESSES = [
    "https://example.com/",
    "http://user:pass@[::1]:8080/a?b#c",
    "http://a:99999999/",
    "https://[x/",
    "HTTP://É/",
]


def fitting(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a node of the schema, as far as its keywords are used in it."""
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if "anyOf" in node:
        return st.one_of([fitting(choice) for choice in node["anyOf"]])
    return KINDS[node["type"]](node)


def _text(node: dict[str, Any]) -> st.SearchStrategy[str]:
    longest = min(node.get("maxLength", 100), 100)
    if "pattern" not in node:
        return st.text(min_size=node.get("minLength", 0), max_size=longest)
    # The generator cannot look ahead; the end of the text says the same, but for a line break before it.
    pattern = node["pattern"].replace(r"(?![\s\S])", "$")
    return st.from_regex(pattern).filter(lambda text: len(text) <= longest)


def _number(node: dict[str, Any]) -> st.SearchStrategy[float]:
    return st.floats(node["minimum"], node["maximum"]) | st.integers(int(node["minimum"]) + 1, node["maximum"])


def _list(node: dict[str, Any]) -> st.SearchStrategy[list[Any]]:
    unique = json.dumps if node.get("uniqueItems") else None
    return st.lists(fitting(node["items"]), max_size=min(node.get("maxItems", 6), 6), unique_by=unique)


def _object(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in node:
        names = _text(node["propertyNames"]) if "propertyNames" in node else st.text(max_size=20)
        return st.dictionaries(names, fitting(node["additionalProperties"]), max_size=5)
    parts = {name: fitting(inner) for name, inner in node["properties"].items()}
    needed = {name: parts[name] for name in node.get("required", [])}
    return st.fixed_dictionaries(needed, optional={name: parts[name] for name in parts if name not in needed})


KINDS = {
    "string": _text,
    "integer": lambda node: st.integers(node["minimum"], node["maximum"]),
    "number": _number,
    "boolean": lambda node: st.booleans(),
    "array": _list,
    "object": _object,
}

EACH = {name: fitting(node) for name, node in OPTIONS.items()} | {
    "url": st.sampled_from(ADDRESSES) | fitting(OPTIONS["url"]),
    "device": st.sampled_from([*list(devices())[:5], "a phone"]),
}


@st.composite
def few_options(draw: st.DrawFn, names: list[str], fixed: dict[str, Any]) -> dict[str, Any]:
    """A request with up to six of these options, so that not every one breaks a rule between its parts."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=6, unique=True))
    return fixed | {name: draw(EACH[name]) for name in chosen}


REQUESTS = st.one_of(
    few_options([name for name in OPTIONS if name not in ("url", "html")], {"url": ADDRESSES[0]}),
    few_options(list(OPTIONS), {}),
    st.dictionaries(st.sampled_from(list(OPTIONS)), JSON, max_size=5),
)

NASTY = [
    "[" * 100_000, "1" * 5000, '{"url": "http://[::1"}', "NaN", "1e999", '"\\ud800"', '{"\\ud800": 1}', "\x00",
    "\ufeff{}", '{"url": "http://a/", "id": "a\\n"}', '{"url": "http://a/", "viewport": {"width": 800.0}}',
    '{"url": "http://a/", "viewport": {"deviceScaleFactor": NaN}}',
    '{"url": "http://a/", "metadata": {"a": "\\udfff"}}',
]  # fmt: skip
BODIES = st.one_of(
    REQUESTS.map(json.dumps),
    st.binary(max_size=400).map(lambda content: content.decode("utf-8", "surrogateescape")),
    st.text(max_size=200),
    st.sampled_from(NASTY),
)
