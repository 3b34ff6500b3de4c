"""What a client and a running plane say to each other over the control socket, one message a line.

The socket lies in a directory that only its owner may enter, so whoever connects is the owner.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from keyless.model.estate import Estate
from keyless.model.hosts import HostKind
from keyless.model.secret_text import SecretText

PROTOCOL = 8
MAX_LINE_BYTES = 64 * 1024 * 1024


class Mode(enum.StrEnum):
    """What happens to a call that nothing grants."""

    LEARN = "learn"
    ENFORCE = "enforce"


class ChosenLimits(msgspec.Struct, frozen=True):
    """By what the documented transaction limits are multiplied; none where nothing is to be limited."""

    scale: float | None


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """A client that wants to run a workload. ``workload`` is none for the only one there is.

    ``program`` is the base name of what is run, for the record: its arguments may hold secrets.

    ``host_kind`` is none where the workload's own counts, ``propagation_delay_s`` where the plane keeps the
    delay that it has: how many seconds after it was made a change of roles takes effect. In the same way
    ``limits`` is none where it keeps the transaction limits that it has.
    """

    protocol: int
    workload: str | None
    mode: Mode
    offline: bool
    estate: Estate | None
    host_kind: HostKind | None = None
    propagation_delay_s: float | None = None
    program: str = ""
    limits: ChosenLimits | None = None


class OpenShell(msgspec.Struct, frozen=True, tag="open-shell"):
    """A client that wants to work as the owner of the estate: as the person whose plane this is.

    ``propagation_delay_s`` and ``limits`` as of a `Hello`.
    """

    protocol: int
    offline: bool
    estate: Estate | None
    propagation_delay_s: float | None = None
    limits: ChosenLimits | None = None


class ServeMetadata(msgspec.Struct, frozen=True, tag="serve-metadata"):
    """A client that wants the metadata endpoint served at a bare address, for as long as it is connected."""

    protocol: int
    mode: Mode
    estate: Estate | None
    address: str
    port: int


class ServedFirst(msgspec.Struct, frozen=True, tag="served-first"):
    """The workload has been asked for something for the first time: what it reads from now on is later."""


class Bye(msgspec.Struct, frozen=True, tag="bye"):
    """The workload has ended: write everything down, then say how it went.

    ``exit_code`` is what it ended with, as a shell would say it; none where that was not told.
    """

    exit_code: int | None = None


class Account(msgspec.Struct, frozen=True):
    """Whom a shell is signed in as, and the subscription that it works in."""

    user_principal_name: str
    tenant_id: str
    subscription_id: str
    subscription_name: str


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The lease: what the workload's environment is made from; ``notes`` are for a person to read.

    ``thumbprint`` is the SHA-1 of the TLS port's certificate; ``client_id`` that of the identity that is
    meant where none is named; empty where none is.
    ``key_directory`` is where Azure Arc's challenges lie, for that kind of host. ``token_file`` holds the
    projected token of a workload in a Kubernetes cluster, which may be any of ``client_ids``. ``account`` is
    there where this is a person's shell. ``name_server`` is the address of the one that answers about
    replicas, where a store has any.
    """

    workload: str
    resource_id: str
    host_kind: HostKind
    secret: str
    proxy_port: int
    identity_port: int
    tls_port: int = 0
    thumbprint: str = ""
    client_id: str = ""
    key_directory: str = ""
    tenant_id: str = ""
    token_file: str = ""
    client_ids: tuple[str, ...] = ()
    account: Account | None = None
    notes: tuple[str, ...] = ()
    name_server: str = ""


class Serving(msgspec.Struct, frozen=True, tag="serving"):
    """The metadata endpoint is there. ``notes`` are for a person to read."""

    address: str
    port: int
    notes: tuple[str, ...] = ()


class Caller(msgspec.Struct, frozen=True, tag="caller"):
    """A process that asks the metadata endpoint, for the first time; ``who`` is in words.

    ``workload`` and ``rule`` say as what it is let in, ``why`` why it is not.
    """

    admitted: bool
    who: str
    workload: str = ""
    rule: str = ""
    why: str = ""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """No lease, and why."""

    message: str


class Settled(msgspec.Struct, frozen=True, tag="decided"):
    """A decision seen for the first time in this lease. ``by`` is what evidence says that it rests on."""

    principal: str
    outcome: str
    plane: str
    action: str
    scope: str
    by: str = ""


class Missed(msgspec.Struct, frozen=True, tag="missed"):
    """A thing asked for and not there; ``kind`` is `secret` or `key-value`."""

    kind: str
    container: str
    name: str
    label: str


class Repeated(msgspec.Struct, frozen=True, tag="repeated"):
    """What a workload reads more often than starts need; ``reads`` are those so far."""

    principal: str
    action: str
    scope: str
    reads: int


class ReadLater(msgspec.Struct, frozen=True):
    """What was read again when the start was over: how often at the start, and how often later.

    ``again`` says that starts and changes do not explain so many reads.
    """

    principal: str
    action: str
    scope: str
    at_start: int
    later: int
    again: bool


class ReadInRun(msgspec.Struct, frozen=True):
    """How many different things a run read, by action, and what of it again; the most frequent first.

    ``lists`` are different requests for all that a store has, or all that a filter matches; ``checks`` asked
    whether something has changed, and heard that it has not. ``served`` says whether the run has served a
    request.
    """

    things: tuple[tuple[str, int], ...]
    lists: int
    checks: int
    served: bool
    later: tuple[ReadLater, ...] = ()


class SlowedDown(msgspec.Struct, frozen=True, tag="slowed-down"):
    """Requests that were refused at a limit: ``units`` of what ``pool`` names in ``window_s`` seconds."""

    principal: str
    scope: str
    pool: str
    units: int
    window_s: int
    of_subscription: bool


class Arrived(msgspec.Struct, frozen=True, tag="arrived"):
    """A vault or store that came into being because the workload named it."""

    kind: str
    name: str


class Remark(msgspec.Struct, frozen=True, tag="remark"):
    """Something that is wrong, in words for a person."""

    text: str


class SignedIn(msgspec.Struct, frozen=True, order=True, tag="signed-in"):
    """A sign-in with a stored credential: ``principal`` in words, ``method`` as evidence names it."""

    principal: str
    method: str


class Summary(msgspec.Struct, frozen=True, tag="summary"):
    """How a lease went, once all its evidence is written. ``connections`` are those through the proxy."""

    connections: int
    tokens: int
    allowed: int
    learned: int
    denied: int
    stored_credentials: tuple[SignedIn, ...] = ()
    read: ReadInRun | None = None


Greeting = Hello | OpenShell | ServeMetadata
"""What a client says first."""
ToPlane = Greeting | ServedFirst | Bye
ToClient = (
    Ready | Serving | Caller | Refused | Settled | Missed | Repeated | SlowedDown | Arrived | Remark | Summary
)


def _encode_secret(value: Any) -> str:  # noqa: ANN401  # msgspec's hook takes anything
    if isinstance(value, SecretText):
        return value.reveal()
    raise NotImplementedError(f"cannot encode {type(value).__name__}")


def _decode_secret(kind: type, value: Any) -> SecretText:  # noqa: ANN401  # msgspec's hook takes anything
    if kind is SecretText and isinstance(value, str):
        return SecretText(value)
    raise NotImplementedError(f"cannot decode {kind.__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_encode_secret)
_to_plane: msgspec.json.Decoder[ToPlane] = msgspec.json.Decoder(ToPlane, dec_hook=_decode_secret)
_to_client: msgspec.json.Decoder[ToClient] = msgspec.json.Decoder(ToClient)


def encode(message: ToPlane | ToClient) -> bytes:
    """A message as a line."""
    return _encoder.encode(message) + b"\n"


def decode_to_plane(line: bytes) -> ToPlane:
    """A client's message; raises msgspec.DecodeError for anything else."""
    return _to_plane.decode(line)


def decode_to_client(line: bytes) -> ToClient:
    """The plane's message; raises msgspec.DecodeError for anything else."""
    return _to_client.decode(line)


def estate_digest(estate: Estate) -> str:
    """A digest by which an estate that has not changed is recognised."""
    import hashlib

    return hashlib.sha256(_encoder.encode(estate)).hexdigest()
