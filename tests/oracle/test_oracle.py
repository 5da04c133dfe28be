"""Our own and third-party pages: our pictures equal those of Playwright with the same Chromium."""

import pytest

from renderer.page.render import Picture
from shutterstep.errors import RenderError
from tests.end_to_end.studio import Studio
from tests.oracle.both import take_both
from tests.oracle.combinations import Combination, combinations
from tests.oracle.comparison import compare
from tests.oracle.differences import DIFFERENCES, difference_of
from tests.oracle.playwright_driver import PlaywrightDriver
from tests.pages.server import Pages

pytestmark = pytest.mark.long

COMBINATIONS = combinations()
EQUAL = [one for one in COMBINATIONS if difference_of(one.name) is None]


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in EQUAL])
def test_both_take_the_same_picture(
    studio: Studio, playwright: PlaywrightDriver, site: Pages, one: Combination
) -> None:
    ours, theirs = take_both(studio, playwright, {"url": f"{site.origin}{one.page}", **one.options})
    assert isinstance(ours, Picture), ours
    assert isinstance(theirs, bytes), theirs
    apart = compare(ours.body, theirs)
    assert apart.is_equal, apart


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in COMBINATIONS if one not in EQUAL])
def test_a_named_difference_is_one_and_ours_has_the_right_size(
    studio: Studio, playwright: PlaywrightDriver, site: Pages, one: Combination
) -> None:
    difference = difference_of(one.name)
    assert difference is not None
    ours, theirs = take_both(studio, playwright, {"url": f"{site.origin}{one.page}", **one.options})
    assert not isinstance(ours, RenderError), ours
    assert (ours.width, ours.height) == difference.size
    assert not isinstance(theirs, bytes) or not compare(ours.body, theirs).is_equal, "take it off the list"


def test_there_are_two_hundred_combinations_and_few_differences() -> None:
    names = [one.name for one in COMBINATIONS]
    assert len(set(names)) == len(names) >= 200
    assert len(DIFFERENCES) <= len(names) / 20
    assert {difference.name for difference in DIFFERENCES} <= set(names)
