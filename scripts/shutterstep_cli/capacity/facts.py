"""Quotas and prices of AWS, from aws_quotas.json, which gives the source of each."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

RegionClass = Literal["large", "small"]


@cache
def facts() -> dict[str, Any]:
    """Returns the whole file: as_of, quotas, prices, hosted prices."""
    return json.loads(files("shutterstep_cli.capacity").joinpath("aws_quotas.json").read_text("utf-8"))


@dataclass(frozen=True)
class Quotas:
    """The quotas that limit this system; rates are per second, bursts and maxima are counts."""

    start_burst: float
    start_rate: float
    transition_burst: float
    transition_rate: float
    answer_rate: float
    heartbeat_rate: float
    run_task_burst: float
    run_task_rate: float
    launch_burst: float
    launch_rate: float
    vcpus: float
    open_executions: int
    scale_out_per_minute: float
    tasks_per_service: int
    pollers_first: int
    pollers_per_minute: float
    pollers_maximum: int


def quotas(region: RegionClass = "large", vcpus: float | None = None) -> Quotas:
    """Returns the default quotas of a class of regions: large is us-east-1, us-west-2 and eu-west-1.

    `vcpus` is the Fargate quota that the account has instead of the default.
    """
    found = {name: quota[region] for name, quota in facts()["quotas"].items()}
    return Quotas(
        start_burst=found["start_execution"]["burst"],
        start_rate=found["start_execution"]["per_second"],
        transition_burst=found["state_transition"]["burst"],
        transition_rate=found["state_transition"]["per_second"],
        answer_rate=found["task_answer"]["per_second"],
        heartbeat_rate=found["task_heartbeat"]["per_second"],
        run_task_burst=found["run_task"]["burst"],
        run_task_rate=found["run_task"]["per_second"],
        launch_burst=found["fargate_launch"]["burst"],
        launch_rate=found["fargate_launch"]["per_second"],
        vcpus=found["fargate_vcpu"]["maximum"] if vcpus is None else vcpus,
        open_executions=found["open_executions"]["maximum"],
        scale_out_per_minute=found["service_scale_out"]["per_minute"],
        tasks_per_service=found["tasks_per_service"]["maximum"],
        pollers_first=found["lambda_pollers"]["initial"],
        pollers_per_minute=found["lambda_pollers"]["more_per_minute"],
        pollers_maximum=found["lambda_pollers"]["maximum"],
    )


def price(name: str) -> float:
    """Returns dollars for one unit; aws_quotas.json names the unit."""
    return facts()["prices"][name]["usd"]


def cold_start_seconds() -> float:
    """Returns the middle of the measured range, in seconds."""
    found = facts()["cold_start_seconds"]
    return (found["low"] + found["high"]) / 2
