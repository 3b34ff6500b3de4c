"""Which questions of DNS are about a store's replicas, and what is answered to them.

Rules:
- `_origin._tcp.HOST` tells the store's own endpoint, `_alt0._tcp.ORIGIN` the first replica's, and
  `_alt1._tcp.ORIGIN` the next one's, each as one SRV record at port 443; behind the last there is no such
  name, which is how clients know that it was the last;
- a store without replicas has none of these names, and a host that is no store's neither: whatever it is,
  such a question is answered here;
- an answer is about as long as its question, and is not to be remembered;
- a message asks one question, and about replicas with little beside it: whatever else its header counts is
  not read, because names in a message can point to others, and so take far longer to read than to send.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-geo-replication#automatic-replica-discovery,
RFC 1035, RFC 2782, RFC 9619
"""

from __future__ import annotations

import re
import struct
from collections.abc import Awaitable, Callable, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

HEADER_BYTES = 12
_COUNTS = struct.Struct("!HHHH")
_COUNTS_AT = 4
Endpoints = Callable[[str], Awaitable[Sequence[str]]]
"""From a host name (lower case) to those of the store behind it, its own first; none where there is none."""

_DISCOVERY = re.compile(r"_(?:origin|alt(0|[1-9]\d{0,8}))\._tcp\.([a-z0-9_-]+\.azconfig\.io)\.")
_PORT = 443
_MOST_BESIDE = 2  # records: EDNS (RFC 6891), and a signature
_LONGEST = 4096


class Malformed(Exception):
    """What came is no question. ``answer`` is what to say to that, empty for nothing."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("malformed")
        self.answer = answer


async def own_answer(wire: bytes, endpoints: Endpoints) -> bytes | None:
    """The answer to a question about replicas; none for every other question.

    Raises:
        Malformed: it is no question.
    """
    asked = _about_replicas(_read(wire, whole=False))
    if asked is None:
        return None
    index, host = asked
    return _answer(_read(wire, whole=True), _target(index, host, await endpoints(host)))


def _read(wire: bytes, *, whole: bool) -> dns.message.Message:
    if len(wire) < HEADER_BYTES or wire[2] & 0x80:  # too short, or an answer: nobody waits for another
        raise Malformed(b"")
    questions, *beside = _COUNTS.unpack_from(wire, _COUNTS_AT)
    if questions > 1 or (whole and (sum(beside) > _MOST_BESIDE or len(wire) > _LONGEST)):
        raise Malformed(_format_error(wire))
    try:
        return dns.message.from_wire(wire, question_only=not whole, ignore_trailing=not whole)
    except (dns.exception.DNSException, ValueError, IndexError) as error:
        raise Malformed(_format_error(wire)) from error


def _format_error(wire: bytes) -> bytes:
    """A header alone: the id and opcode of what came, marked as an answer that it could not be read."""
    return wire[:2] + bytes([0x80 | (wire[2] & 0x79), int(dns.rcode.FORMERR)]) + bytes(8)


def _about_replicas(query: dns.message.Message) -> tuple[int | None, str] | None:
    """Which replica a question is about (none: the origin), and at which host; none for other questions."""
    if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
        return None
    question = query.question[0]
    found = _DISCOVERY.fullmatch(question.name.to_text().lower())
    if found is None or question.rdclass != dns.rdataclass.IN:
        return None
    return (None if found[1] is None else int(found[1])), found[2]


def _target(index: int | None, host: str, endpoints: Sequence[str]) -> str | None:
    if len(endpoints) < 2:
        return None
    if index is None:
        return endpoints[0]
    replicas = endpoints[1:] if host == endpoints[0] else ()
    return replicas[index] if index < len(replicas) else None


def _answer(query: dns.message.Message, target: str | None) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    response.flags |= dns.flags.AA
    question = query.question[0]
    if target is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype in {dns.rdatatype.SRV, dns.rdatatype.ANY}:
        record = dns.rrset.from_text(question.name, 0, "IN", "SRV", f"0 0 {_PORT} {target}.")
        response.answer.append(record)
    return response.to_wire()
