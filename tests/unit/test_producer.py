"""`submit`: what it sends, in how many calls, and what becomes of what SQS refuses."""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shutterstep import InvalidRequestError, SubmitError, producer, submit
from shutterstep.ids import execution_name

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/requests"
PAGE = {"url": "https://example.com/"}


class Queue:
    """SQS as `submit` sees it; `refusals` says how often and how each id is refused before it is taken."""

    def __init__(self, refusals: dict[str, tuple[int, bool]] | None = None, breaks_at_call: int = 0) -> None:
        self.refusals = refusals or {}
        self.breaks_at_call = breaks_at_call
        self.calls: list[list[dict[str, Any]]] = []
        self.tries: Counter[str] = Counter()

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        assert QueueUrl == QUEUE
        self.calls.append([json.loads(entry["MessageBody"]) for entry in Entries])
        if len(self.calls) == self.breaks_at_call:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "SendMessageBatch")
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in Entries:
            self._answer(entry, answer)
        return answer

    def _answer(self, entry: dict[str, str], answer: dict[str, Any]) -> None:
        id_ = json.loads(entry["MessageBody"])["id"]
        self.tries[id_] += 1
        times, by_sender = self.refusals.get(id_, (0, False))
        if self.tries[id_] <= times:
            answer["Failed"].append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": by_sender})
        else:
            answer["Successful"].append({"Id": entry["Id"], "MessageId": f"message-{id_}"})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "FIRST_WAIT_SECONDS", 0)


def pages(count: int, **options: Any) -> list[dict[str, Any]]:
    return [{"id": f"page-{number}", "url": f"https://example.com/{number}", **options} for number in range(count)]


def send(requests: Any, queue: Any) -> Any:
    return submit(requests, queue_url=QUEUE, client=queue)


def test_one_request_comes_back_with_its_id_and_the_name_of_its_execution() -> None:
    sent = send({"id": "home", **PAGE}, Queue())
    assert (sent.id, sent.message_id) == ("home", "message-home")
    assert sent.execution_name == execution_name("home", "message-home")


def test_a_request_without_an_id_gets_the_same_one_each_time_and_carries_it() -> None:
    queue = Queue()
    first, second = send(PAGE, queue), send({**PAGE, "metadata": {"batch": "7"}}, queue)
    assert first.id == second.id
    assert [body["id"] for call in queue.calls for body in call] == [first.id, first.id]


def test_many_requests_go_ten_a_call_and_come_back_in_their_order() -> None:
    queue = Queue()
    sent = send(pages(23), queue)
    assert [len(call) for call in queue.calls] == [10, 10, 3]
    assert [one.id for one in sent] == [f"page-{number}" for number in range(23)]


def test_no_call_is_larger_than_sqs_takes() -> None:
    queue = Queue()
    send(pages(10, metadata={f"note-{place}": "x" * 1000 for place in range(50)}) * 3, queue)
    sizes = [sum(len(json.dumps(body)) for body in call) for call in queue.calls]
    assert len(queue.calls) == 3
    assert max(sizes) <= producer.BATCH_BYTES


def test_a_batch_ends_where_the_next_message_would_exceed_a_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "BATCH_BYTES", 200)
    queue = Queue()
    send(pages(10), queue)
    assert all(sum(len(json.dumps(body, separators=(",", ":"))) for body in call) <= 200 for call in queue.calls)
    assert sum(len(call) for call in queue.calls) == 10


def test_a_message_that_sqs_would_not_take_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "BATCH_BYTES", 60)
    queue = Queue()
    with pytest.raises(InvalidRequestError, match=r"request 2: message: .* bytes; SQS takes at most 60"):
        send([PAGE | {"id": "a"}, PAGE | {"id": "a" * 60}], queue)
    assert queue.calls == []


def test_an_invalid_request_is_named_and_nothing_is_sent() -> None:
    queue = Queue()
    with pytest.raises(InvalidRequestError, match=r"request 3: fullpage: ") as caught:
        send([*pages(2), {**PAGE, "fullpage": True}], queue)
    assert caught.value.field == "fullpage"
    assert queue.calls == []


def test_the_error_of_a_single_request_counts_no_requests() -> None:
    with pytest.raises(InvalidRequestError, match=r"^url: "):
        send({"url": "ftp://example.com"}, Queue())


def test_what_sqs_refuses_for_a_moment_is_sent_again_and_nothing_else_is() -> None:
    queue = Queue({"page-3": (2, False)})
    sent = send(pages(5), queue)
    assert [one.id for one in sent] == [f"page-{number}" for number in range(5)]
    assert [[body["id"] for body in call] for call in queue.calls[1:]] == [["page-3"], ["page-3"]]


def test_what_stays_refused_is_raised_with_what_was_taken_so_that_it_can_be_sent_later() -> None:
    queue = Queue({"page-1": (99, False), "page-2": (99, True)})
    with pytest.raises(SubmitError, match="2 of 12 requests were not sent; the first: InternalError") as caught:
        send(pages(12), queue)
    assert [one.request["id"] for one in caught.value.unsent] == ["page-1", "page-2"]
    assert len(caught.value.submitted) == 10
    assert (queue.tries["page-1"], queue.tries["page-2"]) == (producer.ATTEMPTS, 1)


def test_a_call_that_fails_ends_the_sending_and_tells_what_is_left() -> None:
    queue = Queue(breaks_at_call=2)
    with pytest.raises(SubmitError, match="AccessDenied: not you") as caught:
        send(pages(35), queue)
    assert len(queue.calls) == 2
    assert len(caught.value.submitted) == 10
    assert [one.request["id"] for one in caught.value.unsent] == [f"page-{number}" for number in range(10, 35)]


def test_the_queue_comes_from_the_environment_and_its_absence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_QUEUE_URL", QUEUE)
    assert submit({"id": "home", **PAGE}, client=Queue()).id == "home"  # pyright: ignore[reportArgumentType]
    monkeypatch.delenv("REQUEST_QUEUE_URL")
    with pytest.raises(ValueError, match="REQUEST_QUEUE_URL, to the stack's output RequestQueueUrl"):
        submit(PAGE, client=Queue())  # pyright: ignore[reportArgumentType]


def test_nothing_to_send_is_no_call() -> None:
    queue = Queue()
    assert send([], queue) == []
    assert queue.calls == []


def test_importing_the_package_does_not_import_boto3() -> None:
    code = "import shutterstep, sys; print([name for name in ('boto3', 'botocore') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
