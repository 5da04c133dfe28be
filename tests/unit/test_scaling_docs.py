"""The figures of docs/SCALING.md are those of the model; `make simulations` writes the simulated ones, in minutes."""

import re

import pytest

from shutterstep_cli.capacity.capacity_plan import Load, answer
from tools.scaling_docs import ROWS, SCALING, TEN_THOUSAND, burst

TEXT = SCALING.read_text("utf-8")
LINES = [line.split(" | ") for line in re.findall(r"^\| (.*) \|$", TEXT, re.MULTILINE)]
CELLS = {(load, mode): cells for load, mode, *cells in (line for line in LINES if len(line) == 5)}


def test_what_the_document_says_of_a_burst_is_what_the_simulation_gives_today() -> None:
    assert burst(TEN_THOUSAND.answer()) in TEXT


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_cell_for_each_run(row: tuple[str, str]) -> None:
    assert [cell == "-" for cell in CELLS[row]] == [run is None for run in ROWS[row]]


def test_the_costs_and_the_size_of_the_pool_are_those_of_the_plan() -> None:
    task, pool = (answer(Load(10, 5), mode) for mode in ("task", "pool"))
    (costs,) = [line for line in LINES if line[0].startswith("cost of 1,000")]
    (idle,) = [line for line in LINES if line[0] == "cost a month when idle"]
    assert costs[1:] == [f"${task.per_1000:.2f}", f"${pool.per_1000:.2f}"]
    assert [f"about ${found.idle_month:.1f}0" in told for found, told in ((task, idle[1]), (pool, idle[2]))] == [
        True
    ] * 2
    without, with_duplicates = answer(Load(300, 5), "pool"), answer(Load(300, 5, duplicates=0.1), "pool")
    assert f"with {with_duplicates.tasks:,} workers, and {without.tasks:,} without duplicates" in TEXT
