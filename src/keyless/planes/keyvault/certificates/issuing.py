"""Making what an operation needs: the key, the request, and the certificate where its issuer is here.

Slow (RSA), so it is done in a thread, before any transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from keyless.planes.keyvault.certificates.policy import WholePolicy
from keyless.planes.keyvault.certificates.profiles import profile_of
from keyless.planes.keyvault.certificates.x509.keys import PrivateKey
from keyless.planes.keyvault.certificates.x509.making import (
    Authority,
    period,
    request,
    self_signed,
    signed_by,
)
from keyless.planes.keyvault.certificates.x509.profile import Profile
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.make import make_key_here
from keyless.planes.keyvault.keys.material.threads import MAKING
from keyless.wire.errors import Bug


@dataclass(frozen=True, slots=True)
class Prepared:
    """A key, the request for its certificate, and the certificate with its chain where there is one."""

    key: KeyMaterial
    csr: bytes
    certificates: list[bytes] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Prepared({len(self.certificates)} certificates, …)"


async def prepare(
    policy: WholePolicy, reused: KeyMaterial | None, authority: Authority | None, now: int
) -> Prepared:
    """What a policy asks for, with a new key unless one is ``reused``.

    Raises:
        InvalidRequest: the policy says what no certificate can.
    """
    profile = profile_of(policy.x509)
    return await MAKING.run(lambda: _prepare(policy, profile, reused, authority, now))


def _prepare(
    policy: WholePolicy, profile: Profile, reused: KeyMaterial | None, authority: Authority | None, now: int
) -> Prepared:
    kept = reused or make_key_here(policy.key_spec)
    key = private_key(kept)
    chain = _chain(policy, profile, key, authority, now)
    return Prepared(kept, request(profile, key), [each.public_bytes(Encoding.DER) for each in chain])


def _chain(
    policy: WholePolicy, profile: Profile, key: PrivateKey, authority: Authority | None, now: int
) -> list[Certificate]:
    valid = period(now, policy.x509.validity_months or 0)
    if policy.is_self_signed:
        return [self_signed(profile, key, valid)]
    if authority is None:
        return []
    return [signed_by(authority, profile, key.public_key(), valid), authority.certificate]


def private_key(kept: KeyMaterial) -> PrivateKey:
    """A kept key, ready for use."""
    key = kept.open()
    if not isinstance(key, PrivateKey):
        raise Bug("a certificate's key is symmetric")
    return key
