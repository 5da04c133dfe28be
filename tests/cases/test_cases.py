"""Every case of every kind: the picture, or the error, is the right one."""

import pytest

from shutterstep.errors import RenderError
from tests.cases.case import Case
from tests.cases.kinds import kinds
from tests.end_to_end.studio import Studio
from tests.pages.server import Pages

CASES = [pytest.param(case, id=f"{kind}: {case.name}") for kind, cases in kinds().items() for case in cases]


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_right(studio: Studio, pages: Pages, case: Case) -> None:
    (outcome,) = studio.outcomes(case.request(pages.server_port))
    if isinstance(outcome, RenderError):
        assert outcome.code == case.error, outcome
    else:
        assert not case.error, "it was a picture"
        assert case.wrong(outcome) == []
