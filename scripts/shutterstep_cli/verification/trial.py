"""The trial of a verification: sends messages, stops an execution and a task, replaces workers, replays failures."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from shutterstep.ids import unfinished_shard
from shutterstep.request import Request
from shutterstep_cli.local import local_stack
from shutterstep_cli.stack.executions import (
    Execution,
    ExecutionNotFoundError,
    arn_of,
    read_execution,
    read_graph,
    read_history,
)
from shutterstep_cli.stack.failed_executions import described, replay_name, restart
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.pool import Pool, pool_of
from shutterstep_cli.stack.shots import submit
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verification.trial_record import TrialMessage, TrialRecord
from shutterstep_cli.verification.trial_requests import RACERS, RACES_AT_MOST, TrialRequests

LOOK_EVERY_SECONDS = 0.25
RACE_REASON = "race_condition_prevented"
# EventBridge delivers within seconds; without the event, the lease frees an id only after minutes.
GIVEN_BACK_WITHIN_SECONDS = 60
STOP_REASON = "stopped by shutterstep verify"


class Trial:
    """One trial on `target`. Reports each step to `say`; notes as late what does not happen within `wait_seconds`."""

    def __init__(self, target: Target, prefix: str, say: Callable[[str], None], wait_seconds: float) -> None:
        self.target, self.say, self.wait_seconds = target, say, wait_seconds
        self.requests = TrialRequests(prefix)
        self.record = TrialRecord(prefix, pool_of(target) is not None, time.time())
        self.sfn = target.client("stepfunctions")

    def run(self) -> TrialRecord:
        """Runs every step and returns the record; the order is such that no step waits for another's page."""
        self._send_first()
        self._stop_an_execution()
        self._send_while_held()
        self._stop_a_task()
        self._send_again()
        self._race()
        self._replace_workers_under_load()
        self._wait("everything to end", self._all_ended)
        self._replay()
        self._wait("the replays to end", self._all_ended)
        return self.record

    def _send_first(self) -> None:
        self._step("sending unique pages, an invalid message and one whose site is down")
        for request in [*self.requests.unique(), self.requests.down()]:
            self._send(request, "down" if "url" in request else "unique")
        queue = self.target.outputs["RequestQueueUrl"]
        sent = self.target.client("sqs").send_message(QueueUrl=queue, MessageBody=self.requests.invalid())
        self.record.invalid_message_id = sent["MessageId"]

    def _stop_an_execution(self) -> None:
        name = self._send(self.requests.stopped(), "stopped")
        id_ = self.record.ids("stopped")[0]
        if not self._wait(f"{id_} to be claimed", lambda: self._status(id_) == "processing"):
            return
        self._step(f"stopping the execution of {id_}")
        self.sfn.stop_execution(executionArn=arn_of(self.target, name), cause=STOP_REASON)
        stopped_at = time.monotonic()
        given_back = f"the claim of {id_} to be given back"
        if self._wait(given_back, lambda: self._status(id_) == "failed", GIVEN_BACK_WITHIN_SECONDS):
            self.record.given_back_seconds = round(time.monotonic() - stopped_at, 2)
            self.record.given_back_code = str(item_of(self.target, id_).get("error_code", ""))

    def _send_while_held(self) -> None:
        request = self.requests.held()
        self._send(request, "held")
        if self._wait(f"{request['id']} to be claimed", lambda: self._status(request["id"]) == "processing"):
            self._step(f"sending a duplicate of {request['id']}, which is being rendered")
            self._send(request, "held")

    def _stop_a_task(self) -> None:
        request = self.requests.lost()
        name = self._send(request, "lost")
        task = self._wait(f"a task that renders {request['id']}", lambda: self._task_of(request["id"]))
        if not task:
            return
        self._step(f"stopping task {task.rpartition('/')[2]}, which renders")
        ecs, cluster = self.target.client("ecs"), self.target.outputs["ClusterName"]
        ecs.stop_task(cluster=cluster, task=task, reason=STOP_REASON)
        self.record.stopped_task = task
        self._wait(f"{request['id']} to end nevertheless", lambda: self._has_ended(name))
        self.record.lost_errors = self._errors_of(name)

    def _send_again(self) -> None:
        first = self.requests.unique()[0]
        if self._wait(f"{first['id']} to be finished", lambda: self._status(first["id"]) == "success"):
            self._step(f"sending a duplicate of {first['id']}, which is finished, and another page under its id")
            self._send(first, "unique")
            self._send(self.requests.conflicting(), "conflicting")

    def _race(self) -> None:
        """Starts executions of one id at once, until one claims it while another is between its start and its claim."""
        first = next(message for message in self.record.messages if message.part == "unique")
        try:
            pattern = read_execution(self.target, arn_of(self.target, first.execution)).input
        except ExecutionNotFoundError:
            return
        for place in range(RACES_AT_MOST):
            id_ = str(self.requests.race(place)["id"])
            self._step(f"starting {RACERS} executions of {id_} at once")
            names = [f"{id_}--at-once-{racer}" for racer in range(RACERS)]
            with ThreadPoolExecutor(RACERS) as pool:
                list(pool.map(lambda name, id_=id_: self._start(name, race_input(pattern, id_)), names))
            self.record.messages += [TrialMessage(id_, "race", name) for name in names]
            self._wait(f"{id_} to end", lambda names=names: all(map(self._has_ended, names)))
            if RACE_REASON in {self._execution(name).reason for name in names if self._has_ended(name)}:
                return

    def _replace_workers_under_load(self) -> None:
        before = pool_of(self.target)
        if before is None:
            return
        self._step(f"sending {len(self.requests.load())} pages and replacing the {before.desired} workers meanwhile")
        for request in self.requests.load():
            self._send(request, "load")
        self.record.workers_before = before.tasks
        service = {"cluster": self.target.outputs["ClusterName"], "service": self.target.outputs["PoolServiceName"]}
        self.target.client("ecs").update_service(**service, forceNewDeployment=True)
        after = self._wait("new workers in place of the old ones", lambda: self._replaced(before))
        self.record.workers_after = after.tasks if after else []

    def _replay(self) -> None:
        for part in ("stopped", "down"):
            message = next(one for one in self.record.messages if one.part == part)
            self._step(f"replaying the execution of {message.id}")
            try:
                found = self.sfn.describe_execution(executionArn=arn_of(self.target, message.execution))
            except self.sfn.exceptions.ExecutionDoesNotExist:
                continue
            if found["status"] in ("RUNNING", "SUCCEEDED"):
                continue
            line = described(found)
            restart(self.target, line)
            self.record.replays.append(line)
            self.record.messages.append(TrialMessage(message.id, part, replay_name(message.execution)))

    def _send(self, request: Request, part: str) -> str:
        """Sends a request and returns the name of its execution."""
        shot = submit(self.target, request)
        name = shot.execution_arn.rpartition(":")[2]
        self.record.messages.append(TrialMessage(shot.id, part, name))
        return name

    def _start(self, name: str, input_: dict[str, Any]) -> None:
        machine = self.target.outputs["StateMachineArn"]
        self.sfn.start_execution(stateMachineArn=machine, name=name, input=json.dumps(input_))

    def _status(self, id_: str) -> str:
        return str(item_of(self.target, id_).get("status", ""))

    def _execution(self, name: str) -> Execution:
        return read_execution(self.target, arn_of(self.target, name))

    def _has_ended(self, name: str) -> bool:
        try:
            return self._execution(name).status != "RUNNING"
        except ExecutionNotFoundError:
            return False

    def _all_ended(self) -> bool:
        return all(self._has_ended(message.execution) for message in self.record.messages)

    def _task_of(self, id_: str) -> str:
        """Returns the task that renders the id; in a pool, any worker as soon as one of them has the id's job."""
        ecs, cluster = self.target.client("ecs"), self.target.outputs["ClusterName"]
        pool = pool_of(self.target)
        if pool is not None:
            return pool.tasks[0] if pool.tasks and pool.backlog.at_work and self._status(id_) == "processing" else ""
        arns = ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"]
        tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        running = (task for task in tasks if task.get("lastStatus") == "RUNNING" and self._has_process(task["taskArn"]))
        return next((task["taskArn"] for task in running if id_ in json.dumps(task.get("overrides", {}))), "")

    def _has_process(self, task: str) -> bool:
        """Whether the task has a process.

        The embedded cluster calls it running before that, when it cannot be stopped.
        """
        running = local_stack.find() if self.target.endpoint_url else None
        if running is None or "ImageUri" in running.parameters:
            return True
        return (local_stack.task_logs() / f"{task.rpartition('/')[2]}.log").exists()

    def _errors_of(self, name: str) -> list[str]:
        """Returns the errors of every attempt of an execution's tasks."""
        arn = arn_of(self.target, name)
        try:
            visits = read_history(self.target, arn, read_graph(self.target, arn)).visits
        except ClientError:
            return []
        return [attempt.error for visit in visits for attempt in visit.errors]

    def _replaced(self, before: Pool) -> Pool | None:
        now = pool_of(self.target)
        if now is None or set(now.tasks) & set(before.tasks) or len(now.tasks) < before.desired:
            return None
        return now

    def _step(self, text: str) -> None:
        self.record.note(text)
        self.say(text)

    def _wait(self, what: str, condition: Callable[[], Any], at_most: float | None = None) -> Any:
        """Returns the condition's value when it is true; None, with a note, if it never was."""
        self.say(f"waiting for {what}")
        seconds = self.wait_seconds if at_most is None else at_most
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                self.record.late.append(f"waited {seconds:g} s for {what}, which did not happen")
                self.record.note(self.record.late[-1])
                return None
            time.sleep(LOOK_EVERY_SECONDS)
        return value


def race_input(pattern: dict[str, Any], id_: str) -> dict[str, Any]:
    """Returns the input of an execution as the starter makes it, for another id."""
    job = {"request": {**pattern["job"]["request"], "id": id_}}
    return {**pattern, "id": id_, "unfinished_shard": unfinished_shard(id_), "job": job}
