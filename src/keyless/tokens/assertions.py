"""Client assertions as they come: read without trust, and what every one of them must keep.

An assertion is either signed by the application itself, with a certificate (`verify_certificate_assertion`),
or by another issuer (`keyless.tokens.federation`). Which of the two it claims to be, its `iss` says.

Rules for both:
- at most 16 KiB, three parts, a JSON object in each of the first two;
- the header is refused, before any library looks at it, where it names a key of its own (`jwk`, `jku`, `x5u`)
  or something that must be understood (`crit`), and where `typ` is anything but `JWT`;
- the signature is verified over the bytes as received (one client library pads every part with `=`), under an
  algorithm that follows from the key, never from the header alone: no MAC, no `none`;
- `exp` is needed, and over from that second on; `nbf` and `iat` may lie five minutes ahead. They may be
  fractions: client libraries send them so.

Rules for one that is signed with a certificate, in this order:
- RS256 or PS256; `x5t`, `x5t#S256` or `x5c` names a certificate registered for the application; the signature
  verifies under its key; the time lies within the certificate's validity;
- `iss` and `sub` are the application's client id;
- `aud` is one text, and a spelling of the token endpoint or of the issuer;
- it ends at most a day from now (client libraries let it live for ten minutes).
Verified: `alg`, `typ`, `x5t`, `x5t#S256`, `x5c` (its first entry), `iss`, `sub`, `aud`, `exp`, `nbf`, `iat`.
Used by whoever keeps track of replays: `jti`. Ignored on purpose: `kid`, the rest of `x5c`, and every other
member: they inform, and decide nothing.

Pure. Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
and https://www.rfc-editor.org/rfc/rfc7523#section-3
"""

from __future__ import annotations

import binascii
import enum
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, Raw, UnsetType

from keyless.tokens.client_certificates import ClientCertificate, named_certificate

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION_BYTES = 16 * 1024
SKEW_S = 5 * 60
LONGEST_S = 24 * 60 * 60
CERTIFICATE_ALGORITHMS = ("RS256", "PS256")
_TYPES = ("jwt", "http://openid.net/specs/jwt/1.0")


class Fault(enum.Enum):
    """Why an assertion was refused."""

    MALFORMED = "malformed"
    TYPE = "header type"
    ALGORITHM = "algorithm"
    KEY = "key not found"
    SIGNATURE = "signature"
    CERTIFICATE_TIME = "certificate's validity"
    CLIENT = "issuer and subject"
    AUDIENCE = "audience"
    TIME = "time range"


class AssertionRejected(Exception):
    """An assertion that is not accepted: ``why``, and what was ``found`` where that is safe to show."""

    def __init__(self, why: Fault, found: str = "") -> None:
        super().__init__(f"assertion refused: {why.value}")
        self.why = why
        self.found = found


class Header(msgspec.Struct, frozen=True):
    """What is read of a header. The last four must not be there."""

    alg: str
    typ: str | None = None
    kid: str | None = None
    x5t: str | None = None
    x5t_s256: str | None = msgspec.field(name="x5t#S256", default=None)
    x5c: tuple[str, ...] = ()
    crit: Raw | UnsetType = UNSET
    jwk: Raw | UnsetType = UNSET
    jku: Raw | UnsetType = UNSET
    x5u: Raw | UnsetType = UNSET


class Claims(msgspec.Struct, frozen=True):
    """What is read of a payload; times are epoch seconds."""

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: int | float
    nbf: int | float | None = None
    iat: int | float | None = None
    jti: str | None = None

    @property
    def audience(self) -> str | None:
        """The only audience; none where there are several, or none at all."""
        if isinstance(self.aud, str):
            return self.aud
        return self.aud[0] if len(self.aud) == 1 else None


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion that can be read, and that nothing is believed of yet."""

    header: Header
    claims: Claims
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def mark(self) -> str:
        """By what it is known when it comes again: a digest of what was signed, however it was encoded."""
        return hashlib.sha256(self.content).hexdigest()


def read_assertion(text: str) -> Assertion:
    """An assertion's parts.

    Raises:
        AssertionRejected: it cannot be read, or its header breaks a rule.
    """
    parts = text.split(".")
    if len(text) > MAX_ASSERTION_BYTES or len(parts) != 3 or not text.isascii():
        raise AssertionRejected(Fault.MALFORMED)
    header_bytes, payload, signature = (_decoded(part) for part in parts)
    try:
        header = msgspec.json.decode(header_bytes, type=Header)
        claims = msgspec.json.decode(payload, type=Claims)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise AssertionRejected(Fault.MALFORMED) from None
    if any(part is not UNSET for part in (header.crit, header.jwk, header.jku, header.x5u)):
        raise AssertionRejected(Fault.MALFORMED)
    if header.typ is not None and header.typ.casefold() not in _TYPES:
        raise AssertionRejected(Fault.TYPE)
    signed, _, _ = text.rpartition(".")
    return Assertion(header, claims, signed.encode(), signature, header_bytes + b"." + payload)


def verify_certificate_assertion(
    assertion: Assertion,
    *,
    client_id: str,
    certificates: Iterable[ClientCertificate],
    is_audience: Callable[[str], bool],
    now: float,
) -> ClientCertificate:
    """The certificate with which the application of a client id has signed an assertion, for us and for now.

    Raises:
        AssertionRejected: it has not; the first rule that is broken is named.
    """
    header, claims = assertion.header, assertion.claims
    if header.alg not in CERTIFICATE_ALGORITHMS:
        raise AssertionRejected(Fault.ALGORITHM, header.alg)
    certificate = named_certificate(certificates, header.x5t, header.x5t_s256, header.x5c)
    if certificate is None:
        raise AssertionRejected(Fault.KEY)
    if not signature_holds(assertion, certificate.key, header.alg):
        raise AssertionRejected(Fault.SIGNATURE)
    if not certificate.holds_at(now):
        raise AssertionRejected(Fault.CERTIFICATE_TIME)
    if {claims.iss.casefold(), claims.sub.casefold()} != {client_id.casefold()}:
        raise AssertionRejected(Fault.CLIENT)
    if claims.audience is None or not is_audience(claims.audience):
        raise AssertionRejected(Fault.AUDIENCE, claims.audience or "")
    check_time(claims, now)
    if claims.exp > now + LONGEST_S:
        raise AssertionRejected(Fault.TIME)
    return certificate


def check_time(claims: Claims, now: float) -> None:
    """Make sure that now lies within an assertion's time range.

    Raises:
        AssertionRejected: it does not.
    """
    if claims.exp <= now or any(begin > now + SKEW_S for begin in (claims.nbf or 0, claims.iat or 0)):
        raise AssertionRejected(Fault.TIME)


def signature_holds(assertion: Assertion, key: RSAKey | ECKey, algorithm: str) -> bool:
    """Whether a key has signed the bytes as received, under just this algorithm."""
    from joserfc.errors import JoseError
    from joserfc.jws import JWSRegistry

    try:
        method = JWSRegistry(algorithms=[algorithm]).get_alg(algorithm)
        method.check_key(key)
        return bool(method.verify(assertion.signing_input, assertion.signature, key))
    except (JoseError, ValueError):
        return False


def _decoded(part: str) -> bytes:
    """A part's bytes; padding is taken, though it should not be there."""
    from joserfc.util import urlsafe_b64decode

    try:
        return urlsafe_b64decode(part.rstrip("=").encode())
    except (binascii.Error, ValueError):
        raise AssertionRejected(Fault.MALFORMED) from None
