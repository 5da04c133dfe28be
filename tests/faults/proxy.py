"""An HTTP proxy before the embedded AWS that injects the schedule's faults into calls of starter and renderers."""

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from shutterstep.ids import ShotKey, parse_shot_key
from tests.faults.schedule import Schedule

CALLER = re.compile(r"Credential=([^/]+)/")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
# More often than botocore retries, so that the caller has to handle the error.
THROTTLED = {"StartExecution": 6, "SendTaskHeartbeat": 6, "ChangeMessageVisibility": 6}
THROTTLED_CALLS = 2


@dataclass(frozen=True)
class Call:
    """One request; `shot` is known for the operations of a render into which faults are injected."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    operation: str = ""
    id: str = ""
    shot: ShotKey | None = None

    @property
    def attempt(self) -> int:
        return self.shot.attempt if self.shot else 0

    @property
    def caller(self) -> str:
        """The access key of the caller: each task has one of its own."""
        found = CALLER.search(self.headers.get("Authorization", ""))
        return found[1] if found else ""


@dataclass(frozen=True)
class Answer:
    """The caller's answer; None in its place cuts the connection."""

    status: int
    headers: dict[str, str]
    body: bytes


class Hands(Protocol):
    """Actions against a renderer, given by its access key, or an execution, given by its name."""

    def kill_renderer(self, caller: str) -> None: ...
    def tell_renderer_to_stop(self, caller: str) -> None: ...
    def kill_browser(self, caller: str) -> None: ...
    def stop_execution(self, name: str) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs nothing, because these tests kill callers while they wait."""


class FaultProxy:
    """Forwards to `port`, and acts through `hands`. `struck` counts the injected faults."""

    def __init__(self, port: int, schedule: Schedule, hands: Hands) -> None:
        self.port, self.schedule, self.hands = port, schedule, hands
        # A render's calls are identified by its task token and by the receipts of its job.
        self.shots: dict[str, ShotKey] = {}
        self.calm = False
        self.struck: Counter[str] = Counter()
        self.late: list[Call] = []
        self._times: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: Call) -> Answer | None:
        """Forwards the call, or injects the fault that is scheduled for its id."""
        call = self.recognised(call)
        if call.operation == "ReceiveMessage":
            return self._received(call)
        fate = self.schedule.fates.get(call.id, "") if call.attempt == 0 and not self.calm else ""
        strike = STRIKES.get((call.operation, fate))
        return strike(self, call, fate) if strike else self.forward(call)

    def _received(self, call: Call) -> Answer | None:
        answer = self.forward(call)
        lost = False
        for message in json.loads(answer.body).get("Messages", []) if answer.status == 200 else []:
            shot = self.learn_job(message["Body"], message["ReceiptHandle"])
            doomed = shot is not None and not self.calm and self.schedule.fates.get(shot.id) == "job_answer_lost"
            lost |= doomed and self.first(_about(call, call.operation, shot), "job_answer_lost")
        return None if lost else answer

    def forward(self, call: Call) -> Answer:
        """The emulator's own answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(call.method, call.path, call.body, call.headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def send_late_answers(self) -> Counter[int]:
        """Sends the answers that were held back, for which nobody waits now; counts the statuses that came back."""
        return Counter(self.forward(call).status for call in self.late)

    def note(self, fate: str) -> None:
        """Counts an injected fault."""
        with self._lock:
            self.struck[fate] += 1

    def learn_job(self, text: str, receipt: str = "") -> ShotKey | None:
        """From now on, recognizes the calls of a job's render."""
        job = json.loads(text)
        shot = parse_shot_key(job.get("output", {}).get("key", ""))
        if shot is not None:
            self.shots |= {name: shot for name in (job["token"], receipt) if name}
        return shot

    def recognised(self, call: Call) -> Call:
        """Returns the call with its operation and its shot, if faults can be injected into it."""
        operation = call.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if call.method == "PUT":
            key = call.path.partition("?")[0].partition("/shots/")
            return _about(call, "PutObject", parse_shot_key(f"shots/{key[2]}"))
        if operation == "StartExecution":
            return replace(call, operation=operation, id=json.loads(json.loads(call.body)["input"]).get("id", ""))
        body = json.loads(call.body or "{}") if operation in OF_A_RENDER else {}
        return _about(call, operation, self.shots.get(body.get("taskToken") or body.get("ReceiptHandle") or ""))

    def first(self, call: Call, fate: str, times: int = 1) -> bool:
        """Whether this is one of the first calls of its kind for the id, and counts as a strike."""
        with self._lock:
            self._times[(call.operation, call.id)] += 1
            strikes = self._times[(call.operation, call.id)] <= times
            self.struck[fate] += strikes
            return strikes


def _kill_and_cut(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    if not proxy.first(call, fate):
        return proxy.forward(call)
    if fate == "renderer_killed_after_upload":
        proxy.forward(call)
    if fate == "answer_sent_late":
        proxy.late.append(call)
    proxy.hands.kill_renderer(call.caller)
    return None


def _strike_and_forward(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    if proxy.first(call, fate):
        if fate == "execution_stopped" and call.shot:
            proxy.hands.stop_execution(call.shot.execution)
        elif fate == "browser_killed":
            proxy.hands.kill_browser(call.caller)
        else:
            proxy.hands.tell_renderer_to_stop(call.caller)
    return proxy.forward(call)


def _throttle(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    times = THROTTLED.get(call.operation, THROTTLED_CALLS)
    return _refusal(call, "ThrottlingException") if proxy.first(call, fate, times) else proxy.forward(call)


def _lose_answer(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    answer = proxy.forward(call)
    return None if proxy.first(call, fate) else answer


def _answer_twice(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    answer = proxy.forward(call)
    if proxy.first(call, fate):
        proxy.forward(call)
    return answer


def _fail_after_start(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    answer = proxy.forward(call)
    return _refusal(call, "InjectedFault") if proxy.first(call, fate) else answer


def _refusal(call: Call, code: str) -> Answer:
    if call.operation == "PutObject":
        return Answer(503, {"Content-Type": "application/xml"}, b"<Error><Code>SlowDown</Code></Error>")
    body = json.dumps({"__type": code, "message": "injected"}).encode()
    return Answer(400, {"Content-Type": "application/x-amz-json-1.0"}, body)


STRIKES: dict[tuple[str, str], Callable[[FaultProxy, Call, str], Answer | None]] = {
    ("SendTaskHeartbeat", "renderer_killed_before_upload"): _kill_and_cut,
    ("SendTaskHeartbeat", "renderer_told_to_stop"): _strike_and_forward,
    ("SendTaskHeartbeat", "browser_killed"): _strike_and_forward,
    ("SendTaskHeartbeat", "execution_stopped"): _strike_and_forward,
    ("SendTaskHeartbeat", "heartbeats_throttled"): _throttle,
    ("ChangeMessageVisibility", "extensions_throttled"): _throttle,
    ("DeleteMessage", "deletion_lost"): _lose_answer,
    ("PutObject", "renderer_killed_during_upload"): _kill_and_cut,
    ("PutObject", "renderer_killed_after_upload"): _kill_and_cut,
    ("PutObject", "upload_throttled"): _throttle,
    ("PutObject", "upload_answer_lost"): _lose_answer,
    ("SendTaskSuccess", "answer_throttled"): _throttle,
    ("SendTaskSuccess", "answer_lost"): _lose_answer,
    ("SendTaskSuccess", "answer_sent_twice"): _answer_twice,
    ("SendTaskSuccess", "answer_sent_late"): _kill_and_cut,
    ("StartExecution", "starter_failed_after_start"): _fail_after_start,
    ("StartExecution", "start_throttled"): _throttle,
}


OF_A_RENDER = ("SendTaskHeartbeat", "SendTaskSuccess", "ChangeMessageVisibility", "DeleteMessage")


def _about(call: Call, operation: str, shot: ShotKey | None) -> Call:
    return replace(call, operation=operation, id=shot.id if shot else "", shot=shot)


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.title(): value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            headers.pop("Expect", None)
            answer = proxy.answer(Call(self.command, self.path, headers, body))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP | {"server", "date"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
