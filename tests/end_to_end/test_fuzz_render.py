"""Any valid request on the real renderer: a picture, or an error with a code of the renderer."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from renderer.page.render import Picture
from shutterstep.errors import InvalidRequestError
from shutterstep.request import validate
from tests.end_to_end.studio import Studio
from tests.pages.server import Pages
from tests.unit.request_strategies import OPTIONS, few_options

pytestmark = pytest.mark.long

AT_ONCE = 4
SHORT = {"timeoutMs": 5000, "delayMs": 0}
NAMES = [name for name in OPTIONS if name not in ("url", "html", *SHORT)]


def is_valid(request: dict[str, Any]) -> bool:
    try:
        validate(request)
    except InvalidRequestError:
        return False
    return True


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(drawn=st.lists(few_options(NAMES, {"url": "http://page/"}).filter(is_valid), min_size=AT_ONCE, max_size=AT_ONCE))
def test_any_valid_request_is_a_picture_or_an_error_with_a_code(
    studio: Studio, pages: Pages, drawn: list[dict[str, Any]]
) -> None:
    address = {"url": f"{pages.origin}/crowded.html"}
    for outcome in studio.outcomes(*(request | address | SHORT for request in drawn)):
        if isinstance(outcome, Picture):
            assert outcome.body
        else:
            assert outcome.code in EXPECTED, f"{outcome.code}: {outcome}"


# A browser that crashes would be an accident of the request, not an answer to it.
EXPECTED = ("Render.InvalidRequest", "Render.SelectorNotFound", "Render.TooLarge", "Render.Timeout")
