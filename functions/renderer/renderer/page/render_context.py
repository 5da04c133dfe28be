"""What all steps of one render share: the page, the request, the time that is left, and what was found on the way."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from renderer.browser.page_session import ChromiumPage
from renderer.limits import Limits
from renderer.page.deadline import Deadline
from renderer.page.traffic import Traffic
from shutterstep.request import Request


@dataclass
class Findings:
    """What a render tells besides the picture.

    `removed` holds {kind, by, name} of what was taken off the page; `grown` says that scrolling made it longer;
    `pages` are those of a PDF.
    """

    phases: dict[str, int] = field(default_factory=dict)
    grown: bool = False
    truncated: bool = False
    deadline_reached: bool = False
    blank: bool = False
    pages: int | None = None
    removed: list[dict[str, str]] = field(default_factory=list)
    blocked_requests: dict[str, int] = field(default_factory=dict)


@dataclass
class RenderContext:
    """One page of one render, and the request with every default filled in."""

    page: ChromiumPage
    request: Request
    deadline: Deadline
    traffic: Traffic
    limits: Limits = field(default_factory=Limits)
    findings: Findings = field(default_factory=Findings)

    async def within(self, seconds: float, waiting: Awaitable[Any]) -> bool:
        """Waits at most so long; False when it did not come. Notes when it was the deadline that ended the wait."""
        left = self.deadline.waiting_seconds()
        try:
            await asyncio.wait_for(waiting, min(seconds, left))
        except TimeoutError:
            self.findings.deadline_reached |= left <= seconds
            return False
        return True

    async def run(self, name: str, argument: Any = None, *helpers: str) -> Any:
        """The value of `js/<name>.js`, a function of one argument, in the page. Raises ScriptError."""
        return await self.page.evaluate(script(name, *helpers), argument)

    def end_phase(self, name: str) -> None:
        """Notes the milliseconds since the last phase ended under a name."""
        self.findings.phases[name] = self.deadline.elapsed_ms() - sum(self.findings.phases.values())


@cache
def script(name: str, *helpers: str) -> str:
    """The function of `js/<name>.js`, which can use all that `js/library.js` and the helpers declare."""
    declared = "\n".join(_text(helper) for helper in ("library", *helpers))
    return f"(() => {{ {declared}\nreturn (\n{_text(name)}\n); }})()"


def _text(name: str) -> str:
    return files("renderer.page").joinpath("js", f"{name}.js").read_text("utf-8").strip()
