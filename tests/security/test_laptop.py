"""The local stack on a developer's machine: what a web page, or a program without the stack's key, can get from it."""

import hashlib
import http.client
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from renderer.browser.chromium_flags import find_chromium
from shutterstep_cli.local import local_stack
from shutterstep_cli.stack.shots import follow, submit
from shutterstep_cli.stack.target import Target
from tests.conftest import stack_of_its_own
from tests.security.one_page import serve_text

pytestmark = pytest.mark.security

JSON_CALL = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}
MADE_BY_A_PAGE = "made-by-a-page"
FORM = f"Action=CreateQueue&QueueName={MADE_BY_A_PAGE}&Version=2012-11-05"
CREDENTIAL = "20260101/us-east-1/sqs/aws4_request"
# What a page can do to a server it may not read: calls with a preflight, without one, and as a form.
PAGE = """<title>nothing</title><script>
const keys = ['test', '000000000000', 'KEY'];
const attempt = (key, place) => fetch('ORIGIN/' + place, {
  method: 'POST', body: JSON.stringify({QueueName: 'QUEUE'}),
  headers: {'Authorization': `AWS4-HMAC-SHA256 Credential=${key}/SCOPE, SignedHeaders=host, Signature=0`,
            'X-Amz-Target': 'AmazonSQS.CreateQueue', 'Content-Type': 'application/x-amz-json-1.0'}
}).then(answer => answer.text()).then(text => { if (text.includes('QueueUrl')) document.title = text });
const blind = key => fetch(`ORIGIN/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${key}/SCOPE&X-Amz-Signature=0`, {
  method: 'POST', mode: 'no-cors', body: new URLSearchParams('FORM')});
window.done = Promise.allSettled(keys.flatMap(key => [attempt(key, ''), blind(key)]));
</script>"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with stack_of_its_own(tmp_path_factory.mktemp("laptop"), launcher=True) as target:
        yield target


def port_of(stack: Target) -> int:
    return int((stack.endpoint_url or "").rpartition(":")[2])


def queues(stack: Target) -> list[str]:
    return [url.rpartition("/")[2] for url in stack.client("sqs").list_queues()["QueueUrls"]]


def signed(stack: Target, credentials: Any, body: str = '{"QueueName": "made-by-a-call"}') -> dict[str, str]:
    """The headers of a call that is in order, were it not for what a test changes."""
    request = AWSRequest("POST", f"{stack.endpoint_url}/", headers=dict(JSON_CALL), data=body)
    SigV4Auth(credentials, "sqs", "us-east-1").add_auth(request)
    return dict(request.headers)


def status(stack: Target, headers: dict[str, str], *, method: str = "POST", path: str = "/", body: str = "{}") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(stack), timeout=30)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_call_with_the_stacks_own_key_is_answered(stack: Target) -> None:
    body = '{"QueueName": "made-by-the-operator"}'
    assert status(stack, signed(stack, stack.session.get_credentials(), body), body=body) == 200
    assert "made-by-the-operator" in queues(stack)


FROM_A_PAGE = [
    {"Origin": "https://example.com"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Mode": "no-cors"},
    {"Sec-CH-UA": '"Chromium"'},
    {"Referer": "https://example.com/"},
    {"Host": "rebound.example.com:4566"},
    {"Host": "queue.127.0.0.1.nip.io"},
    {"Host": "[::1"},
    {"Host": "rebound.example.com@127.0.0.1"},
    {"Host": "127.0.0.1/rebound.example.com"},
    {"Host": "127.0.0.1,rebound.example.com"},
    {"Purpose": "prefetch"},
    {"Upgrade-Insecure-Requests": "1"},
]


@pytest.mark.parametrize("added", FROM_A_PAGE, ids=lambda added: "-".join(next(iter(added.items()))))
def test_even_a_signed_call_is_refused_when_it_comes_from_a_page_or_to_a_foreign_host(
    stack: Target, added: dict[str, str]
) -> None:
    body = '{"QueueName": "made-by-a-call"}'
    request = AWSRequest("POST", f"{stack.endpoint_url}/", headers={**JSON_CALL, **added}, data=body)
    SigV4Auth(stack.session.get_credentials(), "sqs", "us-east-1").add_auth(request)
    assert status(stack, dict(request.headers), body=body) == 403
    assert "made-by-a-call" not in queues(stack)


def test_a_preflight_gets_no_permission(stack: Target) -> None:
    asked = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    connection = http.client.HTTPConnection("127.0.0.1", port_of(stack), timeout=30)
    connection.request("OPTIONS", "/", headers=asked)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (403, None)
    connection.close()


def without_the_key(stack: Target) -> dict[str, Any]:
    own = stack.session.get_credentials()
    return {
        "the emulator's usual key": Credentials("test", "test"),
        "the usual key with the stack's secret": Credentials("test", own.secret_key),
        "an account for a key": Credentials("000000000000", "test"),
        "no name": Credentials("", own.secret_key),
        "the name with another secret": Credentials(own.access_key, "test"),
        "a session token beside the key": Credentials(own.access_key, own.secret_key, "token"),
        "somebody's": Credentials("AKIAIOSFODNN7EXAMPLE", "secret"),
    }


@pytest.mark.parametrize("name", ["the emulator's usual key", "the usual key with the stack's secret",
                                  "an account for a key", "no name", "the name with another secret",
                                  "a session token beside the key", "somebody's"])  # fmt: skip
def test_a_call_that_another_key_signed_is_refused(stack: Target, name: str) -> None:
    body = '{"QueueName": "made-by-a-call"}'
    assert status(stack, signed(stack, without_the_key(stack)[name], body), body=body) == 403
    assert "made-by-a-call" not in queues(stack)


def test_a_call_whose_body_was_changed_is_refused(stack: Target) -> None:
    own = stack.session.get_credentials()
    assert status(stack, signed(stack, own, "{}"), body='{"QueueName": "made-by-a-call"}') == 403
    hashed = {**signed(stack, own, "{}"), "X-Amz-Content-SHA256": hashlib.sha256(b"{}").hexdigest()}
    assert status(stack, hashed, body='{"QueueName": "made-by-a-call"}') == 403


def test_an_old_call_is_refused(stack: Target) -> None:
    headers = signed(stack, stack.session.get_credentials())
    assert status(stack, {**headers, "X-Amz-Date": "20200101T000000Z"}, body='{"QueueName": "made-by-a-call"}') == 403


UNSIGNED = [
    ("GET", "/_ministack/health"),
    ("POST", "/_ministack/reset"),
    ("POST", "/_ministack/config"),
    ("GET", "/_ministack/sqs/messages"),
    ("GET", "/shutterstep-artifacts"),
    ("GET", "/latest/meta-data/iam/security-credentials/"),
    ("PUT", "/latest/api/token"),
    ("POST", "/v2/email/outbound-emails"),
    ("PUT", "/_ministack/cfn-response/x"),
    ("GET", "/2015-03-31/functions/"),
    ("POST", "/?Action=ListUsers&Version=2010-05-08"),
    ("OPTIONS", "/"),
]


@pytest.mark.parametrize(("method", "path"), UNSIGNED)
def test_nothing_of_the_emulator_answers_without_a_signature(stack: Target, method: str, path: str) -> None:
    assert status(stack, {}, method=method, path=path) == 403


@pytest.mark.parametrize("path", ["/v2/", "/v2/_catalog", "/v2/renderer/manifests/latest"])
def test_the_registry_asks_for_its_password(stack: Target, path: str) -> None:
    assert status(stack, {}, method="GET", path=path) == 401
    known = {"Authorization": "Basic QVdTOm1pbmlzdGFjay1hdXRoLXRva2Vu"}  # AWS:ministack-auth-token
    assert status(stack, known, method="GET", path=path) == 401
    (data,) = stack.client("ecr").get_authorization_token()["authorizationData"]
    known = {"Authorization": f"Basic {data['authorizationToken']}"}
    assert status(stack, known, method="GET", path=path) != 401


def test_a_container_gets_no_credentials_by_a_guessed_path(stack: Target) -> None:
    path = "/v2/credentials/00000000-0000-0000-0000-000000000000"
    assert status(stack, {"Authorization": "x"}, method="GET", path=path) in (400, 403, 404)


def test_a_web_socket_is_refused(stack: Target) -> None:
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    assert status(stack, asked, method="GET", body="") == 403


def test_the_credentials_of_a_function_cannot_be_computed_from_its_name(stack: Target) -> None:
    (starter,) = stack.client("lambda").list_functions()["Functions"]
    digest = hashlib.sha256(f"{starter['FunctionArn']}:{starter['Role']}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{kind}:{digest}".encode()).hexdigest() for kind in ("secret", "token"))
    session = boto3.Session(f"ASIA{digest[:16].upper()}", secret, token, region_name="us-east-1")
    shot = submit(stack, {"id": "starts-the-function", "url": "http://127.0.0.1:9/"})
    follow(stack, [shot], lambda: None, 60)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        session.client("stepfunctions", endpoint_url=stack.endpoint_url).list_state_machines()


def test_only_the_owner_may_read_the_key_which_nothing_else_shows(stack: Target) -> None:
    file = local_stack.root_key_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    secret = stack.session.get_credentials().secret_key
    for shown in ("stack.json", "logs/emulator.log", "logs/launcher.log"):
        assert secret not in (local_stack.home() / shown).read_text("utf-8")
    for process in (local_stack.find().emulator_pid, local_stack.find().launcher_pid):  # pyright: ignore[reportOptionalMemberAccess]
        for shown in ("environ", "cmdline"):
            assert secret not in Path(f"/proc/{process}/{shown}").read_text("utf-8")


def hostile(stack: Target, origin: str) -> str:
    words = {"KEY": stack.session.get_credentials().access_key, "SCOPE": CREDENTIAL, "FORM": FORM,
             "ORIGIN": origin, "QUEUE": MADE_BY_A_PAGE}  # fmt: skip
    page = PAGE
    for word, value in words.items():
        page = page.replace(word, value)
    return page


def test_any_site_in_the_developers_own_browser_is_refused(stack: Target) -> None:
    with serve_text(hostile(stack, str(stack.endpoint_url))) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()))
        page = browser.new_page()
        page.goto(site)
        page.evaluate("window.done")
        title = page.title()
        browser.close()
    assert (title, MADE_BY_A_PAGE in queues(stack)) == ("nothing", False)


NAMES = ["127.0.0.1", "localhost", "127.0.0.2", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "a.localhost"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_the_stack_renders_does_not_reach_the_stack(stack: Target, name: str) -> None:
    with serve_text(hostile(stack, f"http://{name}:{port_of(stack)}")) as site:
        result = rendered(stack, {"url": site, "javascript": "window.done.then(() => null)"})
    blocked = result["details"]["blocked"]["hosts"]
    assert {one["host"].rpartition(":")[2] for one in blocked} == {str(port_of(stack))}
    assert (result["title"], MADE_BY_A_PAGE in queues(stack)) == ("nothing", False)


def rendered(stack: Target, request: dict[str, Any]) -> dict[str, Any]:
    shot = submit(stack, {"id": os.urandom(8).hex(), **request})
    follow(stack, [shot], lambda: None, 120)
    assert shot.status == "success", shot.error_message
    return shot.result


def test_the_stack_takes_no_picture_of_itself(stack: Target) -> None:
    shot = submit(stack, {"id": "of-itself", "url": f"{stack.endpoint_url}/_ministack/health"})
    follow(stack, [shot], lambda: None, 120)
    assert shot.error_code == "Render.ForbiddenAddress"


SHOWS_WHAT_IT_READS = "<title>nothing</title><img src='ADDRESS' onload='document.title=this.src'>"
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


def test_a_page_on_this_machine_reaches_others_here(stack: Target) -> None:
    with (
        serve_text(PICTURE, "image/svg+xml") as other,
        serve_text(SHOWS_WHAT_IT_READS.replace("ADDRESS", other)) as page,
    ):
        assert rendered(stack, {"url": page})["title"] == other


def test_a_page_from_elsewhere_reaches_nothing_on_this_machine(stack: Target) -> None:
    with serve_text(PICTURE, "image/svg+xml") as other:
        result = rendered(stack, {"html": SHOWS_WHAT_IT_READS.replace("ADDRESS", other)})
    assert result["title"] == "nothing"
    assert result["details"]["blocked"]["count"] >= 1


def test_a_page_does_not_reach_the_console_at_any_port(stack: Target) -> None:
    command = [sys.executable, "-m", "shutterstep_cli", "console", "--port", "0", "--json"]
    console = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert console.stdout is not None
        url = json.loads(console.stdout.readline())["url"]
        shot = submit(stack, {"id": "of-the-console", "url": url})
        follow(stack, [shot], lambda: None, 120)
        assert shot.error_code == "Render.ForbiddenAddress"
    finally:
        console.terminate()
        console.wait(20)
