"""Verification of access tokens: every trust decision about one is taken here, in every mode.

Rules, in the order in which they are applied:
- at most 16 KiB, three parts, a JSON header with `alg` exactly RS256 (never `none`, never a MAC), a `kid`
  that the estate published, and nothing that the estate's own issuer does not write: a `crit`, or a key
  named inside the token (`jwk`, `jku`, `x5u`, `x5c`), is refused before any library looks at it;
- the signature verifies under that key over the bytes as received;
- `iss` is the estate's own issuer and `tid` its tenant;
- `aud` is one text (never a list) that the resource accepts;
- `nbf` and `exp` are integers, and now lies between them (60 s of skew on `nbf`, none on `exp`);
- `oid` and `appid` are there as non-empty texts; a user's token (`idtyp`) has a `upn` and a `scp` besides;
- the principal is not disabled, and the token was issued (`iat`) after it was last revoked, where it was.
A token of a key that was revoked is refused as one that was revoked itself.
`idtyp`, `upn` and `xms_mirid` only label the principal. Ignored on purpose: `acr`, `aio`, `amr`, `appidacr`,
`idp`, `name`, `puid`, `sub`, `unique_name`, `uti`, `ver`, `wids`, `x5t`, `xms_*` (they inform, and decide
nothing here), and what stands in `scp`: the one application that users work with here has every permission.

Source: https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from keyless.model.identities import Principal, PrincipalKind, Revocation
from keyless.tokens.claims import BACKDATED_S, v1_issuer
from keyless.tokens.keys import ALGORITHM, KeyRing, SigningKey

MAX_TOKEN_BYTES = 16 * 1024
NOT_BEFORE_SKEW_S = 60
NOBODY: Mapping[str, Revocation] = {}


class Rejection(enum.StrEnum):
    """Why a token was refused."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    KEY = "unknown key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NOT_YET_VALID = "not yet valid"
    EXPIRED = "expired"
    CLAIMS = "claims"
    REVOKED = "revoked"


class TokenRejected(Exception):
    """A token that is not accepted: ``why``, and what was ``found`` where that is safe to show.

    ``revoked_at`` (epoch seconds) is given with `REVOKED`: a token that is issued later may hold.
    """

    def __init__(self, why: Rejection, found: str = "", *, revoked_at: int | None = None) -> None:
        super().__init__(f"token refused: {why.value}")
        self.why = why
        self.found = found
        self.revoked_at = revoked_at


@dataclass(frozen=True, slots=True)
class Verified:
    """A token that holds: whom it speaks for, until when (epoch seconds), and for which audience."""

    principal: Principal
    expires_at: int
    audience: str


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: str
    kid: str
    typ: str = "JWT"
    x5t: str = ""


class _Claims(msgspec.Struct):
    iss: str
    aud: str
    tid: str
    oid: str
    appid: str
    exp: int
    nbf: int
    iat: int
    xms_mirid: str | None = None
    idtyp: str = ""
    upn: str = ""
    scp: str = ""

    @property
    def is_of_user(self) -> bool:
        """Whether an application acts for a user, and not for itself."""
        return self.idtyp == "user"


def verify(
    token: str,
    *,
    keys: KeyRing,
    tenant_id: str,
    audiences: Collection[str],
    now: float,
    revocations: Mapping[str, Revocation] = NOBODY,
) -> Verified:
    """Verify one access token for a resource that accepts ``audiences``.

    ``revocations`` are by the principal's case-folded id.

    Raises:
        TokenRejected: it does not hold; the first rule that it breaks is named.
    """
    claims = _signed_claims(token, _key_of(token, keys))
    if claims.iss != v1_issuer(tenant_id) or claims.tid != tenant_id:
        raise TokenRejected(Rejection.ISSUER, claims.iss)
    if claims.aud not in audiences:
        raise TokenRejected(Rejection.AUDIENCE, claims.aud)
    if claims.nbf > now + NOT_BEFORE_SKEW_S:
        raise TokenRejected(Rejection.NOT_YET_VALID)
    if claims.exp <= now:
        raise TokenRejected(Rejection.EXPIRED)
    if not claims.oid or not claims.appid or (claims.is_of_user and not (claims.upn and claims.scp)):
        raise TokenRejected(Rejection.CLAIMS)
    _require_not_revoked(claims, revocations)
    return Verified(_principal(claims), claims.exp, claims.aud)


def _require_not_revoked(claims: _Claims, revocations: Mapping[str, Revocation]) -> None:
    revocation = revocations.get(claims.oid.casefold())
    if revocation is None:
        return
    if revocation.disabled or claims.iat + BACKDATED_S <= revocation.revoked_at:
        raise TokenRejected(Rejection.REVOKED, revoked_at=revocation.revoked_at)


def _principal(claims: _Claims) -> Principal:
    if claims.is_of_user:
        return Principal(
            claims.oid, claims.appid, claims.tid, claims.iss, PrincipalKind.USER, name=claims.upn
        )
    kind = PrincipalKind.MANAGED_IDENTITY if claims.xms_mirid else PrincipalKind.APPLICATION
    return Principal(claims.oid, claims.appid, claims.tid, claims.iss, kind)


def _key_of(token: str, keys: KeyRing) -> SigningKey:
    import binascii

    from joserfc.util import urlsafe_b64decode

    if len(token) > MAX_TOKEN_BYTES or token.count(".") != 2 or not token.isascii():
        raise TokenRejected(Rejection.MALFORMED)
    try:
        header = msgspec.json.decode(urlsafe_b64decode(token.split(".", 1)[0].encode()), type=_Header)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise TokenRejected(Rejection.MALFORMED) from error
    if header.alg != ALGORITHM:
        raise TokenRejected(Rejection.ALGORITHM)
    key = keys.find(header.kid)
    if key is None:
        revoked_at = keys.revoked_at(header.kid)
        raise TokenRejected(Rejection.KEY if revoked_at is None else Rejection.REVOKED, revoked_at=revoked_at)
    return key


def _signed_claims(token: str, key: SigningKey) -> _Claims:
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        payload = jws.deserialize_compact(token, key.key, algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise TokenRejected(Rejection.SIGNATURE) from error
    try:
        return msgspec.json.decode(payload, type=_Claims)
    except msgspec.MsgspecError as error:
        raise TokenRejected(Rejection.CLAIMS) from error
