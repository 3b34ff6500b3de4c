"""Messages: one a line, each understood on its own side alone, and secrets only where they must go."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from keyless.model.estate import DeclaredApplication, DeclaredSecret, Estate
from keyless.model.secret_text import SecretText
from keyless.runtime.messages import (
    PROTOCOL,
    Arrived,
    Bye,
    Hello,
    Missed,
    Mode,
    Ready,
    Refused,
    Remark,
    Settled,
    SignedIn,
    Summary,
    decode_to_client,
    decode_to_plane,
    encode,
    estate_digest,
)

TO_CLIENT = [
    Ready("web", "/web", "vm", "secret", 1, 2),
    Refused("no\nand why"),
    Settled("web", "denied", "data", "a/read", "/a"),
    Missed("secret", "orders", "db", ""),
    Arrived("vault", "orders"),
    Remark("naïve ☃"),
    Summary(1, 2, 3, 4, 5, (SignedIn("orders-app", "client-secret"),)),
]


@pytest.fixture
def full(estate: Estate) -> Estate:
    return dataclasses.replace(
        estate,
        secrets=(DeclaredSecret("orders", "db", SecretText("hunter2")),),
        applications=(DeclaredApplication("legacy", "c", "p", SecretText("s3cret")),),
    )


@pytest.mark.parametrize("message", TO_CLIENT, ids=lambda message: type(message).__name__)
def test_what_the_plane_says_is_one_line_that_the_client_understands(message: object) -> None:
    line = encode(message)  # type: ignore[arg-type]
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_to_client(line) == message


def test_what_the_client_says_is_one_line_that_the_plane_understands(full: Estate) -> None:
    for message in (
        Bye(),
        Hello(PROTOCOL, None, Mode.LEARN, True, None),
        Hello(1, "web", Mode.ENFORCE, False, full),
    ):
        line = encode(message)
        assert line.count(b"\n") == 1
        assert decode_to_plane(line) == message


def test_an_estates_secrets_arrive_as_secrets(full: Estate) -> None:
    hello = decode_to_plane(encode(Hello(PROTOCOL, None, Mode.LEARN, False, full)))
    assert isinstance(hello, Hello)
    assert hello.estate is not None
    assert hello.estate.secrets[0].value.reveal() == "hunter2"
    assert "hunter2" not in repr(hello)


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"{}", b'{"type":"summary"}', b'{"type":"hello"}', b"[1]", b"\xff"]
)
def test_what_is_no_message_of_a_client_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)):
        decode_to_plane(line)


def test_each_side_understands_only_what_is_for_it() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_to_client(encode(Bye()))
    with pytest.raises(msgspec.ValidationError):
        decode_to_plane(encode(TO_CLIENT[0]))


def test_an_estate_is_recognised_by_its_digest(full: Estate, estate: Estate) -> None:
    assert estate_digest(full) == estate_digest(dataclasses.replace(full))
    assert estate_digest(full) != estate_digest(estate)
    other = dataclasses.replace(full, secrets=(DeclaredSecret("orders", "db", SecretText("new")),))
    assert estate_digest(full) != estate_digest(other)


def test_nothing_else_can_be_sent() -> None:
    with pytest.raises(NotImplementedError, match="object"):
        encode(Remark(object()))  # type: ignore[arg-type]
