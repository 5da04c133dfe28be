"""The requests of a verification: pages given as HTML, so that a stack on AWS can render them too."""

import json
from dataclasses import dataclass
from typing import Any

from shutterstep.request import Request
from shutterstep_cli.load.load_plan import FAILING_URL

UNIQUE_PAGES = 3
LOAD_PAGES = 8
# Long enough to stop it while it renders, here and on Fargate. Chosen, not measured.
SLOW_MILLISECONDS = 12_000
LOAD_MILLISECONDS = 1_500
RACERS = 8
RACES_AT_MOST = 12
# Each race renders one page; this is the most pages that all parts of a verification render together.
RENDERS_AT_MOST = UNIQUE_PAGES + LOAD_PAGES + RACES_AT_MOST + 6


@dataclass(frozen=True)
class TrialRequests:
    """Requests whose ids begin with `prefix`, grouped by their part in the trial."""

    prefix: str

    def unique(self) -> list[Request]:
        """Pages that are requested once, or again after they are finished."""
        return [self._page(f"unique-{place}") for place in range(UNIQUE_PAGES)]

    def held(self) -> Request:
        """A page that takes long, so that a duplicate arrives while it is being rendered."""
        return self._page("held", SLOW_MILLISECONDS)

    def stopped(self) -> Request:
        """A page whose execution is stopped."""
        return self._page("stopped", SLOW_MILLISECONDS)

    def lost(self) -> Request:
        """A page whose render task, or worker, is stopped."""
        return self._page("lost", SLOW_MILLISECONDS)

    def conflicting(self) -> Request:
        """Another page under the id of the first unique page."""
        return {**self._page("unique-0"), "html": "<h1>another page</h1>"}

    def down(self) -> Request:
        """A page whose host does not exist."""
        return {"id": f"{self.prefix}down", "url": FAILING_URL}

    def load(self) -> list[Request]:
        """Pages that are rendered while the workers are replaced."""
        return [self._page(f"load-{place}", LOAD_MILLISECONDS) for place in range(LOAD_PAGES)]

    def race(self, place: int) -> Request:
        """A page that several executions claim at the same moment."""
        return self._page(f"race-{place}")

    def invalid(self) -> str:
        """The body of a message that violates the schema."""
        return json.dumps({"id": f"{self.prefix}invalid", "url": "https://example.com/", "format": "bmp"})

    def _page(self, part: str, delay_ms: int = 0) -> Request:
        id_ = f"{self.prefix}{part}"
        request: dict[str, Any] = {"id": id_, "html": f"<title>{id_}</title><h1>{id_}</h1>", "expiresInDays": 1}
        return {**request, "delayMs": delay_ms} if delay_ms else request
