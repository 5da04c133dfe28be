"""The cases of tests/cases beside Playwright: where its picture is right, ours is the same; ours is always right."""

import pytest

from renderer.page.render import Picture
from tests.cases.case import Case
from tests.cases.kinds import kinds
from tests.end_to_end.studio import Studio
from tests.oracle.both import take_both
from tests.oracle.comparison import compare
from tests.oracle.playwright_driver import PlaywrightDriver, understands
from tests.pages.server import Pages

CASES = [
    pytest.param(case, id=f"{kind}: {case.name}")
    for kind, cases in kinds().items()
    for case in cases
    if not case.error and (case.pixels or case.size) and understands(case.request(0))
]


@pytest.mark.parametrize("case", CASES)
def test_ours_is_right_and_playwright_s_is_the_same_or_wrong(
    studio: Studio, playwright: PlaywrightDriver, site: Pages, case: Case
) -> None:
    ours, theirs = take_both(studio, playwright, case.request(site.server_port))
    assert isinstance(ours, Picture), ours
    assert case.wrong(ours) == []
    if isinstance(theirs, bytes) and case.is_shown_by(theirs):
        apart = compare(ours.body, theirs)
        assert apart.is_equal, apart
