"""The console's request check, its caches, and how it shows text, pictures and numbers from outside."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from shutterstep_cli.console.executions_cache import KEPT_EXECUTIONS, ExecutionsCache
from shutterstep_cli.console.gauges import Gauges
from shutterstep_cli.console.pictures import Pictures, shrunk
from shutterstep_cli.console.recent import Recent
from shutterstep_cli.console.security import RequestCheck
from shutterstep_cli.console.widgets import pretty, size
from shutterstep_cli.stack.target import Target
from shutterstep_cli.workflow.style import DARK, LIGHT, OUTCOMES

MACHINE = "arn:aws:states:eu-west-1:000000000000:stateMachine:shots"
EXECUTION = "arn:aws:states:eu-west-1:000000000000:execution:shots"
OUTPUTS = {
    "StateMachineArn": MACHINE,
    "TableName": "table",
    "BucketName": "pictures",
    "RequestQueueUrl": "requests",
    "RenderQueueUrl": "renders",
    "DeadLetterQueueUrl": "dead",
    "ClusterName": "cluster",
}


class FakeAws:
    """As much of AWS as a page of executions, the gauges and a picture need; `calls` counts what was asked."""

    exceptions = type("exceptions", (), {"ExecutionDoesNotExist": KeyError, "InvalidArn": ValueError})
    meta = SimpleNamespace(endpoint_url="https://states.us-east-1.amazonaws.com")

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.status = "RUNNING"
        self.waiting = {"requests": (3, 2), "renders": (7, 1), "dead": (0, 0)}
        self.services = [{"runningCount": 0, "desiredCount": 2}]
        self.key_asked = ""

    def _count(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1

    def list_executions(self, **asked: Any) -> dict[str, Any]:
        self._count("list")
        return {"executions": [{"executionArn": f"{EXECUTION}:{n}", "status": self.status} for n in range(3)]}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        self._count("describe")
        output = '{"status": "success", "s3_bucket": "elsewhere", "s3_key": "shots/a.png", "content_type": "text/html"}'
        return {
            "status": self.status,
            "startDate": datetime.now(UTC),
            "input": '{"id": "a"}',
            "output": output,
            "stopDate": datetime.now(UTC),
        }

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        item = {"id": {"S": "a"}, "claim": {"S": "1"}, "attempts": {"N": "4"}}
        return {"Responses": {"table": [item]}}

    def get_queue_attributes(self, QueueUrl: str, **asked: Any) -> dict[str, Any]:
        visible, hidden = self.waiting[QueueUrl]
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict(zip(names, (str(visible), str(hidden)), strict=True))}

    def describe_services(self, **asked: Any) -> dict[str, Any]:
        return {"services": self.services}

    def list_tasks(self, **asked: Any) -> dict[str, Any]:
        return {"taskArns": ["one"]}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.key_asked = f"{Bucket}/{Key}"
        return {"Body": io.BytesIO(b"<script>"), "ContentLength": 8}


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def target(aws: FakeAws, **outputs: str) -> Target:
    made = Target(type("Session", (), {"client": lambda *_, **__: aws})(), "shots")
    made.__dict__["outputs"] = OUTPUTS | outputs
    return made


@pytest.fixture
def door() -> TestClient:
    async def page(_: Request) -> Response:
        return HTMLResponse("<script>a</script><p>text</p><script>b</script>")

    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    app = Starlette(routes=[Route("/", page), WebSocketRoute("/socket", socket)])
    return TestClient(RequestCheck(app, {"127.0.0.1", "Localhost"}), base_url="http://127.0.0.1:8377")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "rebound.example:8377"}, 421),
        ({"Host": "127.0.0.1.rebound.example"}, 421),
        ({"Host": "[bad"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://127.0.0.1:8377"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_our_own_name_and_our_own_pages_are_answered(
    door: TestClient, headers: dict[str, str], status: int
) -> None:
    assert door.get("/", headers=headers).status_code == status


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"Origin": "http://evil.example"}])
def test_another_site_opens_no_socket(door: TestClient, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), door.websocket_connect("/socket", headers=headers):
        pass


def test_a_page_runs_only_scripts_with_its_own_nonce(door: TestClient) -> None:
    first, second = door.get("/"), door.get("/")
    policy = first.headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert first.text.count(f'<script nonce="{nonce}">') == 2
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert nonce not in second.text
    assert first.headers["content-length"] == str(len(first.content))


def test_a_page_of_executions_is_described_once_and_again_when_it_ended(aws: FakeAws) -> None:
    board = ExecutionsCache(target(aws))
    assert {row.execution.name: row.attempts for row in board.page().rows} == {"0": None, "1": 4, "2": None}
    board.page()
    assert aws.calls == {"list": 1, "describe": 3}
    board.forget()
    board.page()
    assert aws.calls == {"list": 2, "describe": 3}
    aws.status = "SUCCEEDED"
    board.forget()
    assert [row.execution.outcome for row in board.page().rows] == ["success"] * 3
    assert aws.calls == {"list": 3, "describe": 6}


def test_the_board_keeps_no_more_executions_than_it_says(aws: FakeAws) -> None:
    board = ExecutionsCache(target(aws))
    for number in range(KEPT_EXECUTIONS + 10):
        board.execution(f"{EXECUTION}:{number}", "RUNNING")
    assert len(board._known) == KEPT_EXECUTIONS


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({}, {"Requests": ("3", "busy"), "Render tasks": ("1", "busy"), "Dead letters": ("0", "calm")}),
        ({"PoolServiceName": "pool"}, {"Render queue": ("7", "busy"), "Pool": ("0", "alarm")}),
    ],
)
def test_the_gauges_show_the_way_the_stack_renders(
    aws: FakeAws, outputs: dict[str, str], expected: dict[str, tuple[str, str]]
) -> None:
    found = {gauge.name: (gauge.value, gauge.level) for gauge in Gauges(target(aws, **outputs)).read()}
    assert expected.items() <= found.items()
    assert ("Render tasks" in found) != ("Pool" in found)


def test_dead_letters_raise_an_alarm_in_words(aws: FakeAws) -> None:
    aws.waiting["dead"] = (1, 1)
    (dead,) = [gauge for gauge in Gauges(target(aws)).read() if gauge.name == "Dead letters"]
    assert (dead.value, dead.level, dead.note) == ("2", "alarm", "shutterstep dlq list")


def test_a_picture_comes_from_the_stacks_own_bucket_and_what_is_no_picture_is_a_download(aws: FakeAws) -> None:
    aws.status = "SUCCEEDED"
    app = Starlette(routes=[Route("/pictures/{name}", Pictures(ExecutionsCache(target(aws))).__call__)])
    answer = TestClient(app).get("/pictures/a")
    assert aws.key_asked == "pictures/shots/a.png"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize(("query", "status"), [("?width=7", 400), ("?width=480", 415)])
def test_a_small_picture_has_one_of_few_widths_and_is_made_of_a_picture(aws: FakeAws, query: str, status: int) -> None:
    aws.status = "SUCCEEDED"
    app = Starlette(routes=[Route("/pictures/{name}", Pictures(ExecutionsCache(target(aws))).__call__)])
    assert TestClient(app).get(f"/pictures/a{query}").status_code == status


def test_a_long_page_is_shrunk_to_its_top() -> None:
    page = Image.new("RGB", (1000, 9000), "red")
    page.paste("blue", (0, 2000, 1000, 9000))
    data = io.BytesIO()
    page.save(data, "PNG")
    with Image.open(io.BytesIO(shrunk(data.getvalue(), 480))) as small:
        assert small.size == (480, 768)
        red, _, blue = small.convert("RGB").getpixel((240, 760))  # type: ignore[misc]
        assert (red > 200, blue < 50) == (True, True)


def test_an_answer_is_kept_for_a_moment_an_error_is_not() -> None:
    answers = iter([1, 2])
    recent: Recent[int] = Recent(60, keys=1)
    assert [recent.get("a", lambda: next(answers)) for _ in range(3)] == [1, 1, 1]
    with pytest.raises(ZeroDivisionError):
        recent.get("b", lambda: 1 // 0)
    assert recent.get("b", lambda: 5) == 5
    assert recent.get("a", lambda: next(answers)) == 2


@pytest.mark.parametrize(("count", "text"), [(999, "999 B"), (51_258, "51 kB"), (2_340_000, "2.3 MB")])
def test_bytes_are_for_people(count: int, text: str) -> None:
    assert size(count) == text


def test_json_is_laid_out_and_what_is_too_long_is_cut_and_says_so() -> None:
    assert pretty('{"a": 1}') == '{\n  "a": 1\n}'
    assert pretty("x" * 20_005).endswith("… 5 more characters")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "ground"), ("faint", "ground"), ("faint", "idle"), *((name, f"{name}-ground") for name in OUTCOMES)],
)
def test_text_is_readable_on_its_ground(colours: dict[str, str], text: str, ground: str) -> None:
    assert contrast(colours[text], colours[ground]) >= 4.5
