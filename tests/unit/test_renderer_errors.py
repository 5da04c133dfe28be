"""What the browser's and the network's failures are called."""

import pytest

from renderer.browser.net_errors import net_error
from renderer.page.deadline import Deadline
from shutterstep.errors import InvalidRequestError, RenderTimeoutError


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NAME_NOT_RESOLVED", "Render.DnsFailure"),
        ("NAME_RESOLUTION_FAILED", "Render.DnsFailure"),
        ("DNS_TIMED_OUT", "Render.DnsFailure"),
        ("CONNECTION_REFUSED", "Render.ConnectionFailed"),
        ("CONNECTION_RESET", "Render.ConnectionFailed"),
        ("CONNECTION_CLOSED", "Render.ConnectionFailed"),
        ("CONNECTION_TIMED_OUT", "Render.ConnectionFailed"),
        ("ADDRESS_UNREACHABLE", "Render.ConnectionFailed"),
        ("INTERNET_DISCONNECTED", "Render.ConnectionFailed"),
        ("EMPTY_RESPONSE", "Render.ConnectionFailed"),
        ("PROXY_CONNECTION_FAILED", "Render.ConnectionFailed"),
        ("CERT_DATE_INVALID", "Render.TlsError"),
        ("CERT_AUTHORITY_INVALID", "Render.TlsError"),
        ("SSL_PROTOCOL_ERROR", "Render.TlsError"),
        ("TOO_MANY_REDIRECTS", "Render.TooManyRedirects"),
        ("HTTP_RESPONSE_CODE_FAILURE", "Render.HttpStatus"),
        ("ABORTED", "Render.InvalidRequest"),
        ("UNSAFE_PORT", "Render.InvalidRequest"),
    ],
)
def test_each_net_error_of_chromium_has_its_code(name: str, code: str) -> None:
    assert net_error(name).code == code


def test_an_address_at_fault_names_its_field() -> None:
    error = net_error("UNSAFE_PORT")
    assert isinstance(error, InvalidRequestError)
    assert error.field == "url"


def test_a_deadline_gives_each_step_what_the_ones_before_left() -> None:
    now = iter([10.0, 10.25])
    assert Deadline(1000, lambda: next(now)).remaining_ms() == 750


def test_a_deadline_that_passed_is_a_timeout() -> None:
    now = iter([10.0, 11.0])
    deadline = Deadline(1000, lambda: next(now))
    with pytest.raises(RenderTimeoutError):
        deadline.remaining_ms()
