"""Addresses as items, logs and results hold them: without what gives access, and otherwise as they were."""

import time

import pytest

from shutterstep.public_address import holds_secret, public_address
from shutterstep.request import public_url, request_hash
from tests.unit.test_starter import starter  # noqa: F401 (a fixture)

SECRET = "hunter2"
TELLING = [
    f"http://u:{SECRET}@a/",
    f"http://{SECRET}@a/",
    f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=A&X-Amz-Credential={SECRET}&X-Amz-Signature={SECRET}&b=2",
    f"https://b.s3.amazonaws.com/k?x-amz-security-token={SECRET}",
    f"https://storage.googleapis.com/b/o?X-Goog-Signature={SECRET}",
    f"https://a.blob.core.windows.net/c?sv=2024&sig={SECRET}",
    f"https://d1.cloudfront.net/a?Signature={SECRET}",
    f"http://a/?x=1&token={SECRET}",
    f"http://a/?TOKEN={SECRET}",
    f"http://a/?access_token={SECRET}#id_token={SECRET}",
    f"http://a/#/next?accessToken={SECRET}",
    f"http://a/?apiKey={SECRET};api-key={SECRET}&api_key={SECRET}",
    f"http://a/?user[password]={SECRET}&user%5Bpassword%5D={SECRET}",
    f"http://a/?client_secret={SECRET}&jwt={SECRET}",
    f"http://a/?next=%2Fx%3Ftoken%3D{SECRET}%26b%3D1",
    f"http://a/?next=http://b/?sig={SECRET}",
]
INNOCENT = [
    "http://a/?design=1&tokens=2&monkey=3&author=x&signal=4",
    "http://a/#token",
    "http://a/?q=token%20sig",
    "http://a/token=1",
]


@pytest.mark.parametrize("url", TELLING)
def test_nothing_that_gives_access_is_shown(url: str) -> None:
    assert SECRET not in public_address(url)
    assert public_url({"url": url}) == public_address(url)


@pytest.mark.parametrize("url", INNOCENT)
def test_all_else_stays_as_it_is(url: str) -> None:
    assert (public_address(url), holds_secret(url)) == (url, False)


def test_what_stands_beside_a_secret_stays() -> None:
    assert public_address(f"http://a/p?x=1&sig={SECRET}&y=2#z") == "http://a/p?x=1&sig=REDACTED&y=2#z"


@pytest.mark.parametrize("url", TELLING)
def test_such_a_request_stands_in_no_history(starter: object, url: str) -> None:  # noqa: F811
    assert starter.goes_by_reference({"url": url})  # type: ignore[attr-defined]


def test_two_secrets_are_two_requests() -> None:
    assert request_hash({"url": "http://a/?sig=1"}) != request_hash({"url": "http://a/?sig=2"})


@pytest.mark.parametrize("part", ["?", "a-", "aA", "&token", "&token=", "?token=%2", "#a_", "%5B"])
def test_no_address_is_slow(part: str) -> None:
    started = time.thread_time()
    public_address("http://a/?" + part * 1_000_000)
    assert time.thread_time() - started < 1
