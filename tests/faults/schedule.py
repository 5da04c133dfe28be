"""Draws the messages and the faults from a seed before anything runs; the same seed gives the same schedule."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass

# Faults of the first render of an id, or of the first start of its message.
FATES = (
    "renderer_told_to_stop",
    "browser_killed",
    "heartbeats_throttled",
    "renderer_killed_before_upload",
    "renderer_killed_during_upload",
    "renderer_killed_after_upload",
    "execution_stopped",
    "upload_throttled",
    "upload_answer_lost",
    "answer_throttled",
    "answer_lost",
    "answer_sent_twice",
    "answer_sent_late",
    "starter_failed_after_start",
    "start_throttled",
)
# Faults of a job between RenderQueue and a worker.
POOL_FATES = ("job_answer_lost", "extensions_throttled", "deletion_lost")
FATES_OF = {"task": FATES, "pool": (*FATES, *POOL_FATES)}
LAUNCHER_KILLED = "launcher_killed"
FAULTS_OF = {mode: (*fates, LAUNCHER_KILLED) for mode, fates in FATES_OF.items()}

# Shares of the messages without a good page; some of the good ids are sent 2 to 20 times.
INVALID, FAILING, DOWN = 0.05, 0.08, 0.07
SENT_OFTEN, OFTEN = 0.15, 20
INVALID_BODIES = (
    "no json",
    '{"id": "no url"}',
    '{"url": "ftp://example.com"}',
    '{"url": "https://a.example", "fulPage": true}',
)


@dataclass(frozen=True)
class Message:
    """One message; `page` is good, failing, down (until the site is up again) or invalid, which has a body alone."""

    page: str
    id: str = ""
    body: str = ""


@dataclass(frozen=True)
class Schedule:
    """The messages in their order, the fate of an id, and before which messages the launcher is killed."""

    seed: int
    messages: tuple[Message, ...]
    fates: dict[str, str]
    launcher_kills: tuple[int, ...]
    mode: str = "task"

    def digest(self) -> str:
        """SHA-256 (16 hex characters) of all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def untroubled(self) -> set[str]:
        """The good ids that nothing may fail: all but those whose execution is stopped."""
        return {id_ for id_ in self.ids("good") if self.fates.get(id_) != "execution_stopped"}

    def ids(self, *pages: str) -> set[str]:
        """The ids whose page is one of these."""
        return {message.id for message in self.messages if message.page in pages}


def draw(count: int, seed: int, mode: str = "task") -> Schedule:
    """A schedule of `count` messages for a RenderMode; every fate strikes at least once where there are ids enough."""
    chance = random.Random(seed)
    messages = [*_invalid(count, chance), *_bad_pages("failing", round(count * FAILING))]
    messages += _bad_pages("down", round(count * DOWN))
    messages += _good_pages(count - len(messages), chance)
    chance.shuffle(messages)
    good = sorted({message.id for message in messages if message.page == "good"})
    kills = tuple(sorted(chance.sample(range(count // 4, count), max(1, count // 100))))
    return Schedule(seed, tuple(messages), dict(_fates(good, FATES_OF[mode], chance)), kills, mode)


def _invalid(count: int, chance: random.Random) -> Iterator[Message]:
    for _ in range(max(1, round(count * INVALID))):
        yield Message("invalid", body=chance.choice(INVALID_BODIES))


def _bad_pages(page: str, count: int) -> Iterator[Message]:
    for number in range(max(1, count)):
        yield Message(page, f"{page}-{number}")


def _good_pages(count: int, chance: random.Random) -> Iterator[Message]:
    # Fewer times in a short schedule, so that it still has ids enough for every fate.
    often = max(2, min(OFTEN, count // 10))
    number = 0
    while count > 0:
        times = min(count, chance.randint(2, often) if chance.random() < SENT_OFTEN else 1)
        yield from [Message("good", f"good-{number}")] * times
        count -= times
        number += 1


def _fates(ids: list[str], fates: tuple[str, ...], chance: random.Random) -> Iterator[tuple[str, str]]:
    chance.shuffle(ids)
    for place, id_ in enumerate(ids):
        if place < len(fates):
            yield id_, fates[place]
        elif chance.random() < 0.5:
            yield id_, chance.choice(fates)
