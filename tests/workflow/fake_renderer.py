"""Answers the task tokens of the workflow as a renderer would, without a browser."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

RESULT = {
    "s3_bucket": "pictures",
    "content_type": "image/png",
    "bytes": 3,
    "width": 1280,
    "height": 800,
    "sha256": "ab" * 32,
    "final_url": "http://example.com/",
    "http_status": 200,
    "title": "",
    "render_ms": 1,
}


class FakeRenderer:
    """Polls the cluster's tasks; a request's path says what to do.

    `gate` holds the answers of `/held` back until it is set; `site_is_up` mends `/down`.
    """

    def __init__(self, ecs: Any, sfn: Any, cluster: str) -> None:
        self.ecs, self.sfn, self.cluster = ecs, sfn, cluster
        self.gate = threading.Event()
        self.site_is_up = False
        self.rendered: Counter[str] = Counter()
        self.jobs: list[dict[str, Any]] = []
        self._seen = set(self._tasks())  # those of other tests are not ours to answer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "FakeRenderer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            new = [arn for arn in self._tasks() if arn not in self._seen]
            for task in self.ecs.describe_tasks(cluster=self.cluster, tasks=new)["tasks"] if new else []:
                self._seen.add(task["taskArn"])
                threading.Thread(target=self._answer, args=(job_of(task),), daemon=True).start()

    def _tasks(self) -> list[str]:
        return self.ecs.list_tasks(cluster=self.cluster)["taskArns"]

    def _answer(self, job: dict[str, Any]) -> None:
        self.jobs.append(job)
        url = job.get("request", {}).get("url", "http://example.com/by-reference")
        self.rendered[url] += 1
        answers: dict[str, Callable[[dict[str, Any]], None]] = {
            "/held": self._succeed_when_let,
            "/down": lambda job: self._succeed(job) if self.site_is_up else self._fail(job, "Render.ConnectionFailed"),
            "/missing": lambda job: self._fail(job, "Render.DnsFailure"),
            "/crashes-once": self._crash_once,
            "/incomplete": lambda job: self._send(job, {"bytes": 3}),
        }
        answers.get("/" + url.rpartition("/")[2], self._succeed)(job)

    def _succeed(self, job: dict[str, Any]) -> None:
        self._send(job, {**RESULT, "s3_key": job["output"]["key"]})

    def _succeed_when_let(self, job: dict[str, Any]) -> None:
        self.gate.wait(60)
        self._succeed(job)

    def _crash_once(self, job: dict[str, Any]) -> None:
        if job["output"]["key"].endswith("-0.png"):
            self._fail(job, "Render.BrowserCrashed")
        else:
            self._succeed(job)

    def _send(self, job: dict[str, Any], output: dict[str, Any]) -> None:
        gone = self.sfn.exceptions
        with suppress(gone.TaskTimedOut, gone.TaskDoesNotExist):  # the execution went on without this task
            self.sfn.send_task_success(taskToken=job["token"], output=json.dumps(output))

    def _fail(self, job: dict[str, Any], code: str) -> None:
        cause = json.dumps({"message": "the fake says so"}, separators=(",", ":"))
        self.sfn.send_task_failure(taskToken=job["token"], error=code, cause=cause)


def job_of(task: dict[str, Any]) -> dict[str, Any]:
    """What the workflow handed to a task: token, request or reference, output."""
    (variable,) = task["overrides"]["containerOverrides"][0]["environment"]
    return json.loads(variable["value"])
