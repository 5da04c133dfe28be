"""Every case of every kind: the picture, or the error, is the right one."""

import pytest

from shutterstep.errors import RenderError
from tests.cases.case import Case
from tests.cases.kinds import kinds
from tests.end_to_end.studio import Studio
from tests.pages.server import Pages

# Kinds that are being mended, until they are.
PENDING = frozenset(["readiness"])


def marked(kind: str, case: Case) -> object:
    marks = [pytest.mark.xfail(reason=f"{kind} is being mended", strict=False)] if kind in PENDING else []
    return pytest.param(case, id=f"{kind}: {case.name}", marks=marks)


@pytest.mark.parametrize("case", [marked(kind, case) for kind, cases in kinds().items() for case in cases])
def test_the_picture_is_right(studio: Studio, pages: Pages, case: Case) -> None:
    (outcome,) = studio.outcomes(case.request(pages.server_port))
    if isinstance(outcome, RenderError):
        assert outcome.code == case.error, outcome
    else:
        assert not case.error, "it was a picture"
        assert case.wrong(outcome) == []
