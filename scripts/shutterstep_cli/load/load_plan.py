"""What a load test sends: each message with its kind and the time at which it is due."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["unique", "duplicate", "invalid", "failing"]
Mix = dict[str, float]

ONLY_UNIQUE: Mix = {"unique": 1}
STANDARD: Mix = {"unique": 70, "duplicate": 20, "invalid": 5, "failing": 5}
# The reserved domain .invalid is known to no resolver, so the render always fails, here and on AWS.
FAILING_URL = "http://no.invalid/"


class MixError(ValueError):
    """The text of --mix is invalid; the message says what is expected."""


@dataclass(frozen=True)
class Message:
    """A message, due `at` seconds after the start. A duplicate has the id and the body of an earlier message."""

    id: str
    kind: Kind
    body: str
    at: float


def parse_mix(text: str) -> Mix:
    """Returns the weights in `unique=70,duplicate=20,invalid=5,failing=5`; the word `standard` means exactly these.

    Raises MixError.
    """
    if text == "standard":
        return STANDARD
    kinds = get_args(Kind)
    try:
        mix = {kind.removesuffix("s"): float(weight) for kind, weight in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise MixError(f"{text!r} must have the form unique=70,duplicate=20,invalid=5,failing=5") from None
    if unknown := sorted(set(mix) - set(kinds)):
        raise MixError(f"{unknown[0]!r} is not a kind of message; the kinds are {', '.join(kinds)}")
    if min(mix.values()) < 0 or not mix.get("unique", 0):
        raise MixError("weights must not be negative, and the weight of unique must be greater than 0")
    return mix


def due_times(count: int, rate: float | None, ramp: float) -> list[float]:
    """Returns the seconds at which each message is due: all at once, or at `rate` a second after `ramp` seconds."""
    if rate is None:
        return [0.0] * count
    # During the ramp, n(t) = rate * t² / (2 ramp) messages have been sent; after it the rate is constant.
    in_ramp = rate * ramp / 2
    return [(2 * ramp * n / rate) ** 0.5 if n < in_ramp else ramp + (n - in_ramp) / rate for n in range(count)]


def plan(
    count: int,
    prefix: str,
    urls: Sequence[str],
    mix: Mix = ONLY_UNIQUE,
    *,
    one_id: bool = False,
    rate: float | None = None,
    ramp: float = 0,
    seed: int = 0,
) -> list[Message]:
    """Returns `count` messages whose ids begin with `prefix`; with `one_id` all have the id of the first."""
    times = due_times(count, rate, ramp)
    if one_id:
        first = _message(f"{prefix}0", "unique", urls[0], times[0])
        return [first] + [Message(first.id, "duplicate", first.body, at) for at in times[1:]]
    chance = random.Random(seed)  # noqa: S311 (a load, not a secret)
    kinds = chance.choices(list(mix), list(mix.values()), k=count)
    return list(_of_kinds(kinds, prefix, urls, times, chance))


def _of_kinds(
    kinds: list[str], prefix: str, urls: Sequence[str], times: list[float], chance: random.Random
) -> list[Message]:
    messages: list[Message] = []
    unique: list[Message] = []
    for number, (kind, at) in enumerate(zip(kinds, times, strict=True)):
        id_ = f"{prefix}{number:06d}"
        if kind == "duplicate" and unique:
            original = chance.choice(unique)
            messages.append(Message(original.id, "duplicate", original.body, at))
        elif kind in ("invalid", "failing"):
            messages.append(_message(id_, kind, FAILING_URL, at))  # type: ignore[arg-type]
        else:
            messages.append(_message(id_, "unique", urls[number % len(urls)], at))
            unique.append(messages[-1])
    return messages


def _message(id_: str, kind: Kind, url: str, at: float) -> Message:
    request = {"id": id_, "url": url}
    if kind == "invalid":
        request["no_such_option"] = "sent by a load test"
    return Message(id_, kind, json.dumps(request), at)
