"""An HTTP proxy before the embedded AWS that lets the calls of starter and renderers go wrong as the schedule says."""

import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.faults.schedule import Schedule

# shots/<id>/<execution>-<attempt>.<extension>
SHOT = re.compile(r"shots/([^/]+)/(.+)-(\d+)\.\w+$")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
# More than botocore retries, so that the caller has to live with it.
THROTTLED_STARTS, THROTTLED_CALLS = 6, 2


@dataclass(frozen=True)
class Call:
    """One request on its way; `id` and `attempt` are known for the operations that faults strike."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    operation: str = ""
    id: str = ""
    attempt: int = 0
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """What the caller gets; None instead of it cuts the connection."""

    status: int
    headers: dict[str, str]
    body: bytes


class FaultProxy:
    """Forwards to `port`; `kill(key)` ends the renderer that writes to this key. `struck` counts the faults."""

    def __init__(self, port: int, schedule: Schedule, kill: Callable[[str], None]) -> None:
        self.port, self.schedule, self.kill = port, schedule, kill
        self.calm = False
        self.struck: Counter[str] = Counter()
        self.late: list[Call] = []
        self._times: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: Call) -> Answer | None:
        """Forward the call, or let it suffer the fate of its id."""
        fate = self.schedule.fates.get(call.id, "") if call.attempt == 0 and not self.calm else ""
        strike = STRIKES.get((call.operation, fate))
        return strike(self, call, fate) if strike else self.forward(call)

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
        """The answers that were held back, now that nobody waits for them; how often each status came back."""
        return Counter(self.forward(call).status for call in self.late)

    def note(self, fate: str) -> None:
        """Count a fault that struck, whoever struck it."""
        with self._lock:
            self.struck[fate] += 1

    def struck_once(self, id_: str, fate: str) -> bool:
        """Whether the fate has not struck the id before; counts it as struck now."""
        with self._lock:
            self._times[(fate, id_)] += 1
            once = self._times[(fate, id_)] == 1
            self.struck[fate] += once
            return once

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
    proxy.kill(call.key)
    return None


def _throttle(proxy: FaultProxy, call: Call, fate: str) -> Answer | None:
    times = THROTTLED_STARTS if call.operation == "StartExecution" else THROTTLED_CALLS
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


def recognised(call: Call) -> Call:
    """The call with its operation and id, where faults can strike it."""
    operation = call.headers.get("X-Amz-Target", "").rpartition(".")[2]
    if call.method == "PUT" and (shot := SHOT.search(call.path)):
        return _of_shot(call, "PutObject", shot)
    if operation == "SendTaskSuccess":
        output: dict[str, Any] = json.loads(json.loads(call.body)["output"])
        shot = SHOT.search(output.get("s3_key", ""))
        return _of_shot(call, operation, shot) if shot else call
    if operation == "StartExecution":
        id_ = json.loads(json.loads(call.body)["input"]).get("id", "")
        return Call(call.method, call.path, call.headers, call.body, operation, id_)
    return call


def _of_shot(call: Call, operation: str, shot: re.Match[str]) -> Call:
    return Call(call.method, call.path, call.headers, call.body, operation, shot[1], int(shot[3]), shot[0])


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.title(): value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            headers.pop("Expect", None)
            answer = proxy.answer(recognised(Call(self.command, self.path, headers, body)))
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
