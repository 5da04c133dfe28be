"""Many pages at once: sends ten a call, follows them in the table, fetches each finished file, and keeps a manifest.

The manifest is a file of JSON lines: one when a page is sent, one when it has ended; the last line of an id counts.
It outlives this command, so that another command can continue from it.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shutterstep import producer
from shutterstep.errors import InvalidRequestError
from shutterstep.ids import id_of
from shutterstep.request import Request, request_hash, validate
from shutterstep_cli.stack.endings import Ending, Follower
from shutterstep_cli.stack.items import result_of
from shutterstep_cli.stack.shots import Shot, conflict_in_words, download
from shutterstep_cli.stack.target import Target

SENT_TOGETHER = 100
DOWNLOADS = 8
ROUND_SECONDS = 1.0
MANIFEST = "manifest.jsonl"
ON_THE_WAY = ("queued", "running", "late")


class ManyShots:
    """`shots` has one shot for each id. Call `send`, then `follow`; the manifest makes it safe to stop anywhere."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target, self.folder = target, folder
        self.shots: list[Shot] = []
        self.kept = 0
        self._follower = Follower(target)
        self._by_execution: dict[str, Shot] = {}
        target.client("s3")  # made here, before threads use it

    @property
    def manifest(self) -> Path:
        return self.folder / MANIFEST

    def plan(self, requests: Iterable[Request], *, resume: bool) -> None:
        """Makes one shot for each id.

        With `resume`, skips pages whose file exists, and only follows those already sent.
        """
        known = _last_lines(self.manifest) if resume else {}
        seen: dict[str, str] = {}
        for request in requests:
            shot = _planned(request, seen)
            before = known.get(shot.id, {})
            if not shot.ended and before.get("request_hash", request_hash(request)) != request_hash(request):
                before = {}  # of another request: this one is sent, and the stack says whether the id is taken
            if shot.status == "duplicate" or (before.get("file") and Path(before["file"]).exists()):
                self.kept += shot.status != "duplicate"
                continue
            self.shots.append(shot)
            if before.get("status") in ON_THE_WAY and before.get("execution") and not shot.ended:
                self._on_its_way(shot, before["execution"])
                shot.status = "running"

    def send(self, on_change: Callable[[], None]) -> None:
        """Sends the pages that are not sent yet; a page that SQS refuses fails with SQS's reason."""
        self.folder.mkdir(parents=True, exist_ok=True)
        waiting = [shot for shot in self.shots if shot.status == "queued"]
        for shot in self.shots:
            if shot.ended:
                self._note(shot)
        for start in range(0, len(waiting), SENT_TOGETHER):
            self._send(waiting[start : start + SENT_TOGETHER])
            on_change()

    def _send(self, shots: list[Shot]) -> None:
        queue, sqs = self.target.outputs["RequestQueueUrl"], self.target.client("sqs")
        try:
            taken = producer.submit([shot.request for shot in shots], queue_url=queue, client=sqs)
        except producer.SubmitError as error:
            taken = error.submitted
            reasons = {id_of(one.request): one for one in error.unsent}
            for shot in (shot for shot in shots if shot.id in reasons):
                shot.status, shot.error_code = "failed", "Shutterstep.NotSent"
                shot.error_message = f"{reasons[shot.id].error_code}: {reasons[shot.id].error_message}"
                self._note(shot)
        by_id = {shot.id: shot for shot in shots}
        for sent in taken:
            self._on_its_way(by_id[sent.id], sent.execution_name)
            self._note(by_id[sent.id])

    def _on_its_way(self, shot: Shot, execution: str) -> None:
        arn = self.target.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
        shot.execution_arn = f"{arn}:{execution}"
        self._by_execution[execution] = shot
        # A page that is to be rendered again is not finished when another execution has rendered it.
        again = shot.request.get("reuse") == "never"
        self._follower.add(execution, shot.id, "" if again else request_hash(shot.request))

    def follow(self, wait_seconds: float, on_change: Callable[[], None]) -> None:
        """Waits until every page has ended or the time is up, and fetches files meanwhile."""
        deadline = time.monotonic() + wait_seconds
        with ThreadPoolExecutor(DOWNLOADS, "download") as pool:
            while self._follower.open:
                ended = [self._take(execution, ending) for execution, ending in self._follower.ended()]
                for shot in pool.map(self._fetched, ended):
                    self._note(shot)
                on_change()
                if time.monotonic() > deadline:
                    self._give_up(wait_seconds)
                    return
                if self._follower.open:
                    time.sleep(ROUND_SECONDS)

    def _take(self, execution: str, ending: Ending) -> Shot:
        shot = self._by_execution[execution]
        shot.status, shot.reason = ending.outcome, ending.reason
        shot.error_code, shot.error_message = ending.error_code, ending.error_message
        if ending.outcome in ("success", "skipped") and ending.reason != "conflicting_request":
            shot.result = result_of(ending.item)
        elif ending.reason == "conflicting_request":
            shot.error_code, shot.error_message = "conflicting_request", conflict_in_words(ending.item)
        return shot

    def _fetched(self, shot: Shot) -> Shot:
        download(self.target, shot, self.folder)
        return shot

    def _give_up(self, wait_seconds: float) -> None:
        for execution in self._follower.open:
            shot = self._by_execution[execution]
            shot.status, shot.error_code = "late", "Shutterstep.WaitTimeout"
            shot.error_message = f"still running after {wait_seconds:.0f} s; continue with --resume"
            self._note(shot)

    def _note(self, shot: Shot) -> None:
        line = shot.line() | {"execution": shot.execution_arn.rpartition(":")[2] or None}
        if shot.id:
            line["request_hash"] = request_hash(shot.request)
        with self.manifest.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def counts(self) -> Counter[str]:
        """Returns how many pages have each status; `pictures` counts the files."""
        found = Counter(shot.status for shot in self.shots)
        found["pictures"] = sum(shot.file is not None for shot in self.shots)
        return found


def _planned(request: Request, seen: dict[str, str]) -> Shot:
    try:
        validate(dict(request))
    except InvalidRequestError as error:
        return Shot(request, status="refused", error_code=error.code, error_message=error.message)
    id_, hash_ = id_of(request), request_hash(request)
    if id_ not in seen:
        seen[id_] = hash_
        return Shot({**request, "id": id_} if "id" in request else dict(request), id_)
    if seen[id_] == hash_:
        return Shot(request, id_, "duplicate")
    message = f"id: {id_} is in the list twice, for different requests"
    return Shot(request, id_, "refused", error_code="conflicting_request", error_message=message)


def _last_lines(manifest: Path) -> dict[str, dict[str, Any]]:
    """Returns the last line of each id; ignores a line that an interrupt cut off."""
    if not manifest.exists():
        return {}
    return {line["id"]: line for line in _lines(manifest) if line.get("id")}


def _lines(manifest: Path) -> Iterator[dict[str, Any]]:
    with manifest.open(encoding="utf-8") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line
