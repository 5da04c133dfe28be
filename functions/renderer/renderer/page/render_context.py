"""The state that all steps of one render share: the page, the request, the remaining time, and the findings."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from renderer.browser.frames import Frame, frames_of
from renderer.browser.page_session import ChromiumPage
from renderer.browser.script_error import ScriptError
from renderer.limits import Limits
from renderer.page.deadline import Deadline
from renderer.page.documents import Documents
from renderer.page.traffic import Traffic
from shutterstep.request import Request

# The most frames of a page that are treated like the page itself, and the seconds that one of them may take. Chosen,
# not measured.
FRAMES = 50
FRAME_SECONDS = 3.0


@dataclass
class Findings:
    """What a render reports besides the picture.

    `removed` holds {kind, by, name} of what was removed from the page; `pages` is the number of pages of a PDF.
    """

    phases: dict[str, int] = field(default_factory=dict)
    truncated: bool = False
    deadline_reached: bool = False
    blank: bool = False
    pages: int | None = None
    removed: list[dict[str, str]] = field(default_factory=list)
    blocked_requests: dict[str, int] = field(default_factory=dict)


@dataclass
class RenderContext:
    """One page of one render, and the request with every default filled in.

    `document` is the one on which the steps run, `done` how many of the request's steps were run for it, and
    `done_before` how many were run for any document. `is_polling`: it asked for data for longer than we wait.
    `is_restless`: its scripts did not rest in the time given.
    `is_watched`: nothing but the page itself has changed it since `watch.js` began to count its changes.
    """

    page: ChromiumPage
    request: Request
    deadline: Deadline
    traffic: Traffic
    documents: Documents
    limits: Limits = field(default_factory=Limits)
    findings: Findings = field(default_factory=Findings)
    document: str = ""
    done: int = 0
    done_before: int = 0
    is_polling: bool = False
    is_restless: bool = False
    is_watched: bool = False

    def begin_document(self) -> None:
        """Starts the steps on the document that is shown. Clicks and scripts that led to it are not repeated."""
        if not self.documents.by_request:
            self.done = 0
        self.document = self.documents.loader
        self.findings = replace(self.findings, truncated=False, blank=False, pages=None)
        self.findings.removed.clear()

    def end_step(self) -> None:
        """Notes that one more step of the request was run."""
        self.done += 1
        self.done_before = max(self.done_before, self.done)

    async def within(self, seconds: float, waiting: Awaitable[Any]) -> bool:
        """Waits at most `seconds`; returns False if it did not finish. Notes whether the deadline ended the wait."""
        left = self.deadline.waiting_seconds()
        try:
            await asyncio.wait_for(waiting, min(seconds, left))
        except TimeoutError:
            self.findings.deadline_reached |= left <= seconds
            return False
        return True

    async def run(self, name: str, argument: Any = None, *helpers: str) -> Any:
        """Returns the value of `js/<name>.js`, a function of one argument, in the main frame. Raises ScriptError."""
        return await self.page.evaluate(script(name, *helpers), argument)

    async def run_in_turn(self, *names: str, argument: Any = None) -> Any:
        """Runs several of these functions in the main frame, one after the other, until one returns a value; returns
        that.

        A value is anything but null. Raises ScriptError.
        """
        return await self.page.evaluate(in_turn(*names), argument)

    async def run_in_frames(self, name: str, argument: Any = None) -> Any:
        """Runs the function of `js/<name>.js` in all frames; returns the first value that is not null, the main frame's
        first.

        Frames that are gone or do not answer are skipped.
        """
        if not self.page.has_frames:
            return await self.run(name, argument)
        others = [frame for frame in (await frames_of(self.page))[:FRAMES] if not frame.is_main]
        values = await asyncio.gather(self.run(name, argument), *(_run_in(frame, name, argument) for frame in others))
        return next((value for value in values if value is not None), None)

    def end_phase(self, name: str) -> None:
        """Notes the milliseconds since the last phase ended under this name; repeated phases are added up."""
        phases = self.findings.phases
        phases[name] = phases.get(name, 0) + self.deadline.elapsed_ms() - sum(phases.values())


async def _run_in(frame: Frame, name: str, argument: Any) -> Any:
    with suppress(ScriptError, TimeoutError):
        return await asyncio.wait_for(frame.evaluate(script(name), argument), FRAME_SECONDS)
    return None


@cache
def script(name: str, *helpers: str) -> str:
    """Returns the function of `js/<name>.js`, which can use everything that `js/library.js` and the helpers declare."""
    declared = "\n".join(_text(helper) for helper in ("library", *helpers))
    return f"(() => {{ {declared}\nreturn (\n{_text(name)}\n); }})()"


@cache
def in_turn(*names: str) -> str:
    """Returns a function that calls those of `js/<name>.js` in order with its argument, until one returns a value."""
    calls = " ?? ".join(f"await ({_text(name)})(argument)" for name in names)
    return f"(() => {{ {_text('library')}\nreturn async (argument) => {calls}; }})()"


def _text(name: str) -> str:
    return files("renderer.page").joinpath("js", f"{name}.js").read_text("utf-8").strip()
