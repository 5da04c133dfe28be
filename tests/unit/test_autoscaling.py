"""The rule of the pool's size, as target tracking and the step from zero make it."""

import pytest

from shutterstep_cli.stack.scaling_rule import Autoscaler, Bounds

BOUNDS = Bounds(minimum=0, maximum=20, target=100, scale_out_cooldown=60, scale_in_cooldown=300)


@pytest.mark.parametrize(
    ("workers", "backlog", "size"),
    [
        (0, 0, 0),
        (0, 5000, 1),
        (1, 101, 2),
        (1, 5000, 20),
        (4, 400, 4),
        (4, 365, 4),
        (4, 350, 4),
        (4, 300, 3),
        (4, 0, 0),
    ],
)
def test_the_size_follows_the_backlog_within_its_bounds(workers: int, backlog: int, size: int) -> None:
    assert Autoscaler(BOUNDS).size(0, workers, backlog) == size


def test_the_pool_never_falls_below_its_minimum() -> None:
    assert Autoscaler(Bounds(2, 20, 100, 60, 300)).size(0, 5, 0) == 2


def test_a_pool_that_grew_grows_again_only_after_the_cooldown() -> None:
    autoscaler = Autoscaler(BOUNDS)
    assert autoscaler.size(0, 1, 200) == 2
    assert autoscaler.size(59, 2, 2000) == 2
    assert autoscaler.size(60, 2, 2000) == 20


def test_a_pool_that_grew_shrinks_only_after_the_longer_cooldown() -> None:
    autoscaler = Autoscaler(BOUNDS)
    assert autoscaler.size(0, 1, 200) == 2
    assert autoscaler.size(299, 2, 0) == 2
    assert autoscaler.size(300, 2, 0) == 0
