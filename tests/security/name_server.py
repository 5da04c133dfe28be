"""An attacker's name server: names with internal addresses, and names whose address changes."""

import asyncio
from collections import Counter

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

OUTSIDE = "127.0.0.9"  # stands for a public address: the tests' policy allows it
NAMES: dict[str, dict[str, list[str]]] = {
    "a.attack.test.": {"A": ["127.0.0.1"]},
    "aaaa.attack.test.": {"AAAA": ["::1"]},
    "mapped.attack.test.": {"AAAA": ["::ffff:127.0.0.1"]},
    "zero.attack.test.": {"A": ["0.0.0.0"]},
    "cname.attack.test.": {"CNAME": ["a.attack.test."], "A": ["127.0.0.1"]},
    "cname-localhost.attack.test.": {"CNAME": ["localhost."]},
    "both.attack.test.": {"A": [OUTSIDE, "127.0.0.1"]},
    "outside.attack.test.": {"A": [OUTSIDE]},
}


class NameServer(asyncio.DatagramProtocol):
    """Answers NAMES; a name below rebind.test has OUTSIDE at the first question of each type, then 127.0.0.1."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        if query.question[0].name.to_text().endswith("unavailable.test."):
            answer.set_rcode(dns.rcode.SERVFAIL)
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[f"{name} {kind}"] += 1
        for record, values in self._records(name, kind):
            answer.answer.append(dns.rrset.from_text(name, 0, "IN", record, *values))
        self._transport.sendto(answer.to_wire(), addr)

    def _records(self, name: str, kind: str) -> list[tuple[str, list[str]]]:
        if name.endswith(".rebind.test."):
            first = self.asked[f"{name} {kind}"] == 1
            return [("A", [OUTSIDE if first else "127.0.0.1"])] if kind == "A" else []
        records = NAMES.get(name, {})
        return [(record, values) for record, values in records.items() if record in (kind, "CNAME")]


async def start_name_server() -> tuple[NameServer, str]:
    """A name server on loopback, and its `address:port`."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, ("127.0.0.1", 0))
    return server, f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
