"""The parameter EgressAllow: what the renderer can read is accepted, and what none can is refused at the deployment."""

import re

import pytest

from renderer.egress.addresses import parse_policy
from tests.unit.cloudformation import source


@pytest.mark.parametrize("text", ["", "10.1.0.0/16:8080,wiki.example.com", "[fd00::/8]:443, *:8080", "fd00::1,"])
def test_what_pages_may_reach_is_accepted_as_the_renderer_reads_it(text: str):
    assert re.fullmatch(source()["Parameters"]["EgressAllow"]["AllowedPattern"], text)
    parse_policy(text)


@pytest.mark.parametrize("text", ["two words", "http://a?b", "a;b", "10.0.0.0/8 10.1.0.0/8", "\u00e4.example"])
def test_what_no_renderer_can_read_is_refused_at_the_deployment(text: str):
    assert not re.fullmatch(source()["Parameters"]["EgressAllow"]["AllowedPattern"], text)
