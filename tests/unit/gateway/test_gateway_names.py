"""The name service: what it answers itself, what it passes on unchanged, and what it lets come to nothing."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.asyncquery
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.gateway.names import forwarding, responder
from keyless.gateway.names.forwarding import framed, over_tcp, over_udp, read_framed
from keyless.gateway.names.questions import Malformed, own_answer
from keyless.gateway.names.resolver_file import servers_in, with_server
from keyless.gateway.names.responder import CannotServeNames, Responder

ORIGIN, NORTH, SOUTH = (f"orders{one}.azconfig.io" for one in ("", "-north", "-south"))
PORT = 5390


async def endpoints(host: str) -> Sequence[str]:
    """The endpoints of two stores, of which one has no replicas."""
    if host in {ORIGIN, NORTH, SOUTH}:
        return ORIGIN, NORTH, SOUTH
    return ("alone.azconfig.io",) if host == "alone.azconfig.io" else ()


def question(name: str, kind: str = "SRV", **given: bool) -> bytes:
    """A question as it goes over the wire."""
    return dns.message.make_query(name, kind, **given).to_wire()


async def asked(name: str, kind: str = "SRV") -> dns.message.Message:
    """The answer to a question that is answered here."""
    answer = await own_answer(question(name, kind), endpoints)
    assert answer is not None
    return dns.message.from_wire(answer)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        (f"_origin._tcp.{ORIGIN}", ORIGIN),
        (f"_origin._tcp.{NORTH}", ORIGIN),
        (f"_ORIGIN._tcp.{ORIGIN.upper()}.", ORIGIN),
        (f"_alt0._tcp.{ORIGIN}", NORTH),
        (f"_alt1._tcp.{ORIGIN}", SOUTH),
        (f"_alt2._tcp.{ORIGIN}", None),
        (f"_alt999999999._tcp.{ORIGIN}", None),
        (f"_alt0._tcp.{NORTH}", None),
        ("_origin._tcp.alone.azconfig.io", None),
        ("_alt0._tcp.alone.azconfig.io", None),
        ("_origin._tcp.nobody.azconfig.io", None),
    ],
)
async def test_replicas_are_found_one_after_the_other_and_then_there_is_no_such_name(
    name: str, target: str | None
) -> None:
    answer = await asked(name)
    if target is None:
        assert (answer.rcode(), answer.answer) == (dns.rcode.NXDOMAIN, [])
        return
    (records,) = answer.answer
    (record,) = records
    assert (record.target.to_text(), record.port, records.ttl) == (f"{target}.", 443, 0)


async def test_a_name_that_is_there_has_no_records_of_other_kinds() -> None:
    answer = await asked(f"_origin._tcp.{ORIGIN}", "TXT")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


async def test_an_answer_repeats_the_question_and_its_id() -> None:
    query = dns.message.make_query(f"_origin._tcp.{ORIGIN}", "SRV", use_edns=True, want_dnssec=True)
    wire = await own_answer(query.to_wire(), endpoints)
    assert wire is not None
    answer = dns.message.from_wire(wire)
    assert query.is_response(answer)
    assert answer.edns == 0
    assert len(wire) < 2 * len(query.to_wire())


@pytest.mark.parametrize(
    "name",
    [ORIGIN, "example.org", f"_alt01._tcp.{ORIGIN}", f"_sip._tcp.{ORIGIN}", "_origin._tcp.example.org"],
)
async def test_every_other_question_is_left_to_others(name: str) -> None:
    assert await own_answer(question(name, "A"), endpoints) is None


async def test_what_is_no_question_is_answered_with_that_or_not_at_all() -> None:
    whole = question(f"_origin._tcp.{ORIGIN}")
    for wire in (b"", whole[:11], whole[:2] + b"\x80" + whole[3:]):
        with pytest.raises(Malformed) as silent:
            await own_answer(wire, endpoints)
        assert silent.value.answer == b""
    with pytest.raises(Malformed) as told:
        await own_answer(whole[:20], endpoints)
    assert dns.message.from_wire(told.value.answer).rcode() == dns.rcode.FORMERR
    assert told.value.answer[:2] == whole[:2]


_LONG_NAME = b"\x01a" * 126 + b"\0"


def packed_with_pointers(questions: bytes, counts: tuple[int, ...], more: bytes) -> bytes:
    """A question, and as much behind it as fits, of which each thing's name points to the long one."""
    whole = struct.pack("!6H", 1, 0x0100, *counts) + questions
    return whole + more * ((60_000 - len(whole)) // len(more))


@pytest.mark.parametrize(
    "wire",
    [
        packed_with_pointers(_LONG_NAME + b"\0\1\0\1", (9_000, 0, 0, 0), b"\xc0\x0c\0\1\0\1"),
        packed_with_pointers(
            question(f"_alt0._tcp.{ORIGIN}")[12:] + _LONG_NAME + b"\0\x10\0\1\0\0\0\0\0\2\1a",
            (1, 0, 0, 4_000),
            b"\xc0\x33\0\x10\0\1\0\0\0\0\0\2\1a",
        ),
        packed_with_pointers(question(f"_alt0._tcp.{ORIGIN}")[12:], (1, 0, 0, 1), b"\0"),
    ],
    ids=["questions", "records", "bytes"],
)
async def test_no_message_can_have_so_much_in_it_that_reading_it_stops_all_else(
    wire: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    parse = dns.message.from_wire

    def counting(wire: bytes, **given: Any) -> dns.message.Message:
        read.append(1 if given["question_only"] else len(wire))
        return parse(wire, **given)

    monkeypatch.setattr(dns.message, "from_wire", counting)
    with pytest.raises(Malformed) as told:
        await own_answer(wire, endpoints)
    assert parse(told.value.answer).rcode() == dns.rcode.FORMERR
    assert sum(read) <= 1


@given(
    st.binary(max_size=80) | st.binary(max_size=30).map(lambda tail: question(f"_alt0._tcp.{ORIGIN}") + tail)
)
def test_whatever_comes_ends_in_an_answer_or_in_malformed(wire: bytes) -> None:
    with contextlib.suppress(Malformed):
        asyncio.run(own_answer(wire, endpoints))


@dataclass
class Elsewhere:
    """A name server elsewhere, which answers with what it was asked, and what it was asked so far."""

    port: int = 0
    silent: bool = False
    seen: list[bytes] = field(default_factory=list)

    def answer(self, wire: bytes) -> bytes:
        """The question, marked as an answer, with something behind it."""
        self.seen.append(wire)
        return wire[:2] + bytes([wire[2] | 0x80]) + wire[3:] + b"and more"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer over a connection."""
        writer.write(framed(self.answer(await read_framed(reader))))
        await writer.drain()
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Elsewhere) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self._server.silent:
            wrong_id = bytes([data[0] ^ 1]) + data[1:]
            for wire in (b"x", self._server.answer(wrong_id), self._server.answer(data)):
                self._transport.sendto(wire, addr)  # type: ignore[attr-defined]


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """A name server elsewhere, listening."""
    server, loop = Elsewhere(), asyncio.get_running_loop()
    connections = await asyncio.start_server(server.converse, "127.0.0.1", 0)
    server.port = connections.sockets[0].getsockname()[1]
    datagrams, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(server), local_addr=("127.0.0.1", server.port)
    )
    yield server
    datagrams.close()
    connections.close()


@pytest.fixture
async def names(elsewhere: Elsewhere) -> AsyncIterator[Responder]:
    """A name server of ours, which passes on to the one elsewhere; before that to one that is not there."""
    opened = Responder(endpoints, [("127.0.0.1", _closed_port()), ("127.0.0.1", elsewhere.port)])
    await opened.start(port=PORT)
    yield opened
    await opened.stop()


def _closed_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


@pytest.mark.parametrize("ask", [over_udp, over_tcp])
async def test_questions_are_answered_here_or_passed_on_as_they_are(
    names: Responder, elsewhere: Elsewhere, ask: forwarding.Ask
) -> None:
    own = await ask(question(f"_alt0._tcp.{ORIGIN}"), names.address, PORT)
    assert dns.message.from_wire(own).answer[0][0].target.to_text() == f"{NORTH}."
    assert elsewhere.seen == []
    wire = question("example.org", "A", want_dnssec=True)
    answer = await ask(wire, names.address, PORT)
    assert answer == wire[:2] + bytes([wire[2] | 0x80]) + wire[3:] + b"and more"
    assert elsewhere.seen[-1][2:] == wire[2:]


async def test_each_question_goes_out_under_an_id_of_its_own(names: Responder, elsewhere: Elsewhere) -> None:
    wire = question("example.org", "A")
    answers = await asyncio.gather(*(names.answer(wire, over_udp) for _ in range(8)))
    assert {answer[:2] for answer in answers if answer} == {wire[:2]}
    assert len({one[:2] for one in elsewhere.seen}) > 8


async def test_a_server_that_is_silent_is_given_up(
    names: Responder, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "ONE_SERVER_S", 0.01)
    elsewhere.silent = True
    assert await names.answer(question("example.org"), over_udp) is None


async def test_nothing_that_goes_wrong_ends_it(elsewhere: Elsewhere) -> None:
    async def failing(host: str) -> Sequence[str]:
        raise RuntimeError("the store is gone")

    names = Responder(failing, [("127.0.0.1", elsewhere.port)])
    assert await names.answer(question(f"_origin._tcp.{ORIGIN}"), over_udp) is None
    assert await names.answer(question("example.org"), over_udp) is not None


async def test_garbage_over_each_way_leaves_it_answering(names: Responder) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        for size in (0, 1, 11, 12, 40, 2000):
            datagrams.sendto(random.randbytes(size), (names.address, PORT))
    _, writer = await asyncio.open_connection(names.address, PORT)
    writer.write(b"\xff\xff" + b"x" * 100)
    writer.close()
    answer = await over_udp(question(f"_origin._tcp.{ORIGIN}"), names.address, PORT)
    assert dns.message.from_wire(answer).rcode() == dns.rcode.NOERROR


async def test_several_questions_go_over_one_connection(names: Responder) -> None:
    reader, writer = await asyncio.open_connection(names.address, PORT)
    for _ in range(2):
        writer.write(framed(question(f"_origin._tcp.{ORIGIN}")))
        assert dns.message.from_wire(await read_framed(reader)).rcode() == dns.rcode.NOERROR
    writer.write(framed(b"short"))
    assert await reader.read() == b"", "what is no question ends it"
    writer.close()


async def test_what_is_open_at_once_is_bounded(
    names: Responder, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responder, "_MOST_CONNECTIONS", 0)
    reader, writer = await asyncio.open_connection(names.address, PORT)
    assert await reader.read() == b""
    writer.close()
    monkeypatch.setattr(responder, "_MOST_QUESTIONS", 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await over_udp(question(f"_origin._tcp.{ORIGIN}"), names.address, PORT)


async def test_another_address_is_taken_where_one_is_in_use(names: Responder) -> None:
    tried = [names.address, names.address, "127.0.0.77"]
    other = Responder(endpoints, [])
    assert await other.start(lambda: tried.pop(0), PORT) == "127.0.0.77"
    await other.stop()
    with pytest.raises(CannotServeNames, match="another program has port"):
        await Responder(endpoints, []).start(lambda: names.address, PORT)


async def test_a_port_that_is_not_ours_is_told() -> None:
    with pytest.raises(CannotServeNames, match="port 5390 cannot be had"):
        await Responder(endpoints, []).start(lambda: "192.0.2.1", PORT)


async def test_once_stopped_it_answers_no_more(names: Responder) -> None:
    await names.stop()
    with pytest.raises(OSError, match=r"refused|Connect"):
        await over_tcp(question(f"_origin._tcp.{ORIGIN}"), names.address, PORT)


class TestTheFile:
    TEXT = (
        "# ours\nsearch example.org\nnameserver 10.0.0.1\n nameserver  fe80::1%eth0 \noptions ndots:2 edns0\n"
    )

    def test_the_servers_are_those_that_it_names_or_this_machine(self) -> None:
        assert servers_in(self.TEXT) == ("10.0.0.1", "fe80::1%eth0")
        assert servers_in("nameserver 1\n" * 5) == ("1", "1", "1")
        assert servers_in("options edns0\nnameserver\n") == ("127.0.0.1",)

    def test_another_server_takes_their_place_and_the_rest_stays(self) -> None:
        text = with_server(self.TEXT, "127.1.2.3")
        assert servers_in(text) == ("127.1.2.3",)
        assert text == "nameserver 127.1.2.3\n# ours\nsearch example.org\noptions ndots:2 edns0\n"
