"""The simulation against load tests of a local pool of three workers, whose records lie in data/.

They are `load-test 200` (twice) and `load-test 250 --rate 7.3 --ramp 15 --mix unique=80,duplicate=20`, made one after
the other on two cores that others used as well: the same 200 messages took 36 s and then 30 s.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shutterstep_cli.capacity.comparison import RecordsError, calibrated, compare, curve_error, read_records
from shutterstep_cli.capacity.scenario import Scenario

DATA = Path(__file__).parent / "data"
FIRST, AGAIN, RAMP = (DATA / f"load_test_{name}.json" for name in ("200", "200_again", "250_ramp"))


def scenario_of(path: Path) -> Scenario:
    return calibrated(read_records(path), workers=3, slots=2, cores=2)


def test_a_burst_is_foretold_from_itself() -> None:
    found = compare(scenario_of(FIRST), read_records(FIRST))
    assert found.curve_error < 0.08
    assert abs(found.errors["seconds"]) < 0.1
    assert abs(found.errors["p95_s"]) < 0.1


def test_another_burst_is_foretold_as_nearly_as_the_machine_repeats_itself() -> None:
    measured = [json.loads(path.read_text("utf-8"))["figures"]["seconds"] for path in (FIRST, AGAIN)]
    found = compare(scenario_of(FIRST), read_records(AGAIN))
    assert found.errors["seconds"] == pytest.approx(measured[0] / measured[1] - 1, abs=0.05)
    assert found.curve_error < 0.1
    assert abs(found.errors["p95_s"]) < 0.25


def test_a_ramp_with_duplicates_is_foretold_in_shape_from_a_burst() -> None:
    found = compare(scenario_of(FIRST), read_records(RAMP))
    assert found.curve_error < 0.05
    assert abs(found.errors["seconds"]) < 0.1
    assert 0 < found.errors["p95_s"] < 0.7, "below full load a slot's time is overestimated"


def test_a_wrong_calibration_is_seen() -> None:
    right = scenario_of(FIRST)
    found = compare(replace(right, render_seconds=1.5 * right.render_seconds), read_records(FIRST))
    assert found.errors["seconds"] > 0.3
    assert found.curve_error > 0.1


def test_equal_curves_have_no_distance_and_opposite_ones_all() -> None:
    times = np.linspace(1, 100, 50)
    assert curve_error(times, times) == 0
    assert curve_error(np.full(10, 0.0), np.full(10, 100.0)) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("text", ["", "[]", '{"records": 3}', '{"records": []}', '{"records": [{}]}'])
def test_a_file_that_is_no_records_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordsError, match=r"records\.json"):
        read_records(path)
