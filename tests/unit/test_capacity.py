"""`shutterstep capacity`: the arithmetic against the published figures, and the command."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shutterstep_cli.capacity.capacity_plan import Load, answer, choose
from shutterstep_cli.capacity.facts import facts, quotas
from shutterstep_cli.capacity.prices import Machine, request_dollars
from shutterstep_cli.main import app
from tests.unit.cloudformation import source


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["capacity", *arguments])


@pytest.mark.parametrize(
    ("architecture", "seconds", "dollars"), [("x86", 75, 1.03), ("arm", 75, 0.82), ("x86", 5, 0.069), ("arm", 5, 0.055)]
)
def test_a_thousand_renders_cost_what_the_price_list_makes_them(
    architecture: Any, seconds: float, dollars: float
) -> None:
    machine = Machine(vcpu=1, gb=2, architecture=architecture, public_ip=False)
    assert 1000 * machine.dollars(seconds) == pytest.approx(dollars, abs=0.006)


def test_spot_lowers_the_machines_part_only() -> None:
    plain = request_dollars("pool", Machine(public_ip=False), 5, 0, 1, 1)
    spot = request_dollars("pool", Machine(public_ip=False, spot_share=1), 5, 0, 1, 1)
    assert spot["Fargate"] == pytest.approx(0.3 * plain["Fargate"])
    assert spot["Step Functions"] == plain["Step Functions"]


def test_a_duplicate_costs_no_renderer() -> None:
    half = request_dollars("task", Machine(), 5, 0.5, 1, 1)
    assert half["Fargate"] == pytest.approx(request_dollars("task", Machine(), 5, 0, 1, 1)["Fargate"] / 2)


def test_every_quota_and_price_names_its_source() -> None:
    listed = [*facts()["quotas"].values(), *facts()["prices"].values(), *facts()["hosted"]]
    assert all(entry["source"] for entry in listed)
    assert facts()["as_of"]


def test_a_steady_pool_has_workers_enough_and_a_little_more() -> None:
    found = answer(Load(rate=10, render_seconds=5, slots=2), "pool")
    assert 25 < found.tasks <= 40
    assert found.mean_s < 7


def test_a_hundred_requests_a_second_need_quota_requests_in_task_mode_and_more_of_them_than_in_pool_mode() -> None:
    load = Load(rate=100, render_seconds=5)
    filed = {mode: {n.key for n in answer(load, mode).needs if n.to_file} for mode in ("task", "pool")}  # type: ignore[arg-type]
    assert filed["task"] >= {"run_task", "fargate_launch", "fargate_vcpu"}
    assert filed["pool"] == {"fargate_vcpu"}


@pytest.mark.parametrize(("rate", "mode"), [(0.001, "task"), (5, "pool"), (100, "pool")])
def test_few_requests_go_to_tasks_and_many_to_the_pool(rate: float, mode: str) -> None:
    load = Load(rate=rate, render_seconds=5)
    assert choose([answer(load, "task"), answer(load, "pool")], quotas(), load) == mode


def test_a_small_region_needs_more_quota_requests() -> None:
    needs = {need.key: need for need in answer(Load(rate=150, render_seconds=1, region="small"), "pool").needs}
    assert needs["start_execution"].to_file
    assert needs["state_transition"].to_file


def test_the_command_says_mode_cost_and_quotas_as_json() -> None:
    done = run("--rate", "10", "--render-seconds", "5", "--duplicates", "0.2", "--json")
    told = json.loads(done.stdout)
    assert told["mode"] == "pool"
    assert told["pool"]["per_1000"] < told["task"]["per_1000"] < told["hosted_per_1000"][0]["low"]
    assert told["pool"]["parameters"]["RenderMode"] == "pool"
    assert all(need["to_file"] is None or need["to_file"] >= need["needed"] for need in told["pool"]["needs"])


def test_the_recommended_parameters_carry_the_load_in_the_simulation(tmp_path: Path) -> None:
    arguments = ["--rate", "20", "--duplicates", "0.1", "--simulate", "--messages", "6000", "--plots", str(tmp_path)]
    told = json.loads(run(*arguments, "--json").stdout)
    for simulated in told["simulations"]:
        said = told[simulated["mode"]]
        assert (simulated["failed"], simulated["dead_letter"]) == (0, 0)
        assert simulated["p95_s"] == pytest.approx(said["p95_s"], rel=0.25)
        assert simulated["renderers_max"] <= said["tasks"] * 1.3
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_the_defaults_do_not_carry_a_hundred_requests_a_second_and_the_simulation_says_so() -> None:
    arguments = ["--rate", "100", "--simulate", "--messages", "20000", "--defaults", "--json"]
    for simulated in json.loads(run(*arguments).stdout)["simulations"]:
        assert simulated["failed"] > 0.5 * simulated["messages"]


def test_a_parameter_can_be_tried_out() -> None:
    arguments = ["--rate", "5", "--mode", "pool", "--simulate", "--messages", "2000", "--set", "PoolMaximum=1"]
    (simulated,) = json.loads(run(*arguments, "--set", "PoolMinimum=1", "--json").stdout)["simulations"]
    assert simulated["renderers_max"] == 1


def test_people_get_a_table() -> None:
    done = run("--rate", "0.5")
    assert done.exit_code == 0
    assert "dollars per 1,000" in done.output
    assert "Urlbox" in done.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "--rate"),
        (["--rate", "1", "--simulate", "--burst"], "--messages"),
        (["--rate", "1", "--simulate", "--set", "Speed=9"], "Speed"),
        (["--rate", "1", "--simulate", "--set", "PoolMaximum=many"], "not a number"),
        (["--rate", "1", "--render-seconds", "99999"], "timeoutMs"),
        (["--compare", "nothing.json"], "needs --calibrate"),
        (["--compare", "nothing.json", "--calibrate", "nothing.json"], "nothing.json"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(arguments: list[str], reason: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert reason in done.output


@pytest.mark.parametrize("mode", ["task", "pool"])
def test_an_idle_stack_is_billed_for_the_metrics_that_its_alarms_watch(mode: str) -> None:
    scaled = {"PoolScales", "AlarmedPool", "AlarmedService"}
    found = source()["Resources"].values()
    alarms = [one for one in found if one["Type"] == "AWS::CloudWatch::Alarm" and one["Condition"] != "AlarmedWebhook"]
    there = [alarm["Properties"] for alarm in alarms if mode == "pool" or alarm["Condition"] not in scaled]
    watched = sum(len([part for part in one.get("Metrics", [one]) if "Expression" not in part]) for one in there)
    # Target tracking makes an alarm for growing and one for shrinking, of three metrics each.
    assert facts()["idle"][mode]["alarm_metrics"] == watched + (6 if mode == "pool" else 0)


def test_many_long_renders_need_more_heartbeats_as_tasks_than_in_the_pool() -> None:
    load = Load(rate=100, render_seconds=45, region="small")
    needed = {
        mode: {need.key: need for need in answer(load, mode).needs}  # type: ignore[arg-type]
        for mode in ("task", "pool")
    }
    assert needed["task"]["task_heartbeat"].to_file
    assert not needed["pool"]["task_heartbeat"].to_file
    assert needed["pool"]["task_answer"].needed == pytest.approx(100 / 0.7, abs=0.01)
