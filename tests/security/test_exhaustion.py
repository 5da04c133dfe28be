"""A pool worker's memory and a page's neighbour, while pages try to fill the one and to hold up the other."""

import pytest

from tests.security.exhaustion import PAGES, WORKER_MIB, Fared, attack, worker

pytestmark = pytest.mark.security


@pytest.fixture(scope="module")
def fared(tmp_path_factory: pytest.TempPathFactory) -> list[Fared]:
    """How each page went. The worker has a limit of memory; a neighbour without a picture fails this."""
    with worker(tmp_path_factory.mktemp("exhaustion")) as attacked:
        return list(attack(attacked, PAGES))


def test_every_page_ends_with_a_picture_or_an_error_of_its_own(fared: list[Fared]) -> None:
    assert [one.name for one in fared] == [page.name for page in PAGES]
    ends = {one.outcome for one in fared}
    assert ends <= {"picture", "Render.Timeout", "Render.TooLarge", "Render.PageCrashed"}


def test_the_worker_stays_within_its_memory(fared: list[Fared]) -> None:
    assert max(one.worker_mib for one in fared) < WORKER_MIB
