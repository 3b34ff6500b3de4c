"""What an operation begins with: its policy, whoever signs, the key and the request.

Nothing is written here, but for the local authority when it is first needed.
"""

from __future__ import annotations

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.authorities import local_authority
from keyless.planes.keyvault.certificates.behind import key_of
from keyless.planes.keyvault.certificates.errors import IssuerDisabled
from keyless.planes.keyvault.certificates.issuers import TEST, find_issuer
from keyless.planes.keyvault.certificates.issuing import Prepared, prepare
from keyless.planes.keyvault.certificates.policy import WholePolicy, completed, whole
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import (
    CERTIFICATE,
    POLICIES,
    CertificateVersion,
    Issuer,
    PendingOperation,
)
from keyless.planes.keyvault.certificates.settling import Wanted, pending_key
from keyless.planes.keyvault.certificates.x509.making import period
from keyless.planes.keyvault.objects.objects import Entropy
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.store.ports import Store
from keyless.wire.errors import InvalidProperty

SETTLES_S = 1
"""How long an operation stays in progress whose issuer is here, or not to be reached."""
_ID_BYTES = 16


class Beginner:
    """Makes operations that are not written yet. ``entropy`` gives their ids."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._entropy = entropy

    async def operation(
        self, vault: Vault, name: str, given: CertificatePolicy | None, wanted: Wanted, now: int
    ) -> PendingOperation:
        """An operation by the given policy or, without one, by that of the certificate.

        Raises:
            InvalidRequest: there is no policy, or it says what no certificate can.
            IssuerNotFound, IssuerDisabled: its issuer is not there, or does not work.
        """
        policy = await self._policy(vault, name, given, now)
        issuer = await self._issuer(vault, whole(policy))
        prepared = await self._prepared(vault, name, whole(policy), issuer, now)
        return self._pending(policy, issuer, prepared, wanted, now)

    async def _policy(
        self, vault: Vault, name: str, given: CertificatePolicy | None, now: int
    ) -> CertificatePolicy:
        """The policy to make a version by: a new one is as old as that of the certificate."""
        before = await self._policy_before(vault, name)
        if given is None:
            if before is None:
                raise InvalidProperty("policy", "a certificate's first version needs one")
            return before
        policy = completed(given, vault, now=now)
        if before is None or before.attributes is None or policy.attributes is None:
            return policy
        attributes = msgspec.structs.replace(policy.attributes, created=before.attributes.created)
        return msgspec.structs.replace(policy, attributes=attributes)

    async def _policy_before(self, vault: Vault, name: str) -> CertificatePolicy | None:
        """The policy of a live certificate; that of a deleted one does not count."""
        if await ObjectReader(self._store, CERTIFICATE, vault).head(name) is None:
            return None
        return await self._store.get(POLICIES, pending_key(vault, name))

    async def _issuer(self, vault: Vault, policy: WholePolicy) -> Issuer | None:
        if policy.is_self_signed or policy.is_signed_elsewhere:
            return None
        issuer = await find_issuer(self._store, vault, policy.issuer_name)
        if not issuer.enabled:
            raise IssuerDisabled(issuer.name)
        return issuer

    async def _prepared(
        self, vault: Vault, name: str, policy: WholePolicy, issuer: Issuer | None, now: int
    ) -> Prepared:
        signs_here = issuer is not None and issuer.provider == TEST
        authority = await local_authority(self._store, now) if signs_here else None
        reused = await key_of(self._store, vault, name, policy) if policy.key.reuse_key else None
        return await prepare(policy, reused, authority, now)

    def _pending(
        self, policy: CertificatePolicy, issuer: Issuer | None, prepared: Prepared, wanted: Wanted, now: int
    ) -> PendingOperation:
        valid = period(now, whole(policy).x509.validity_months or 0)
        version = CertificateVersion(
            id=self._entropy(_ID_BYTES).hex(),
            created=now,
            updated=now,
            enabled=wanted.enabled is not False,
            tags=wanted.tags,
            not_before=valid.not_before,
            expires=valid.not_after,
            preserve_order=wanted.preserve_order,
        )
        failure = None if issuer is None or prepared.certificates else _unreachable(issuer)
        settles = bool(prepared.certificates) or failure is not None
        return PendingOperation(
            self._entropy(_ID_BYTES).hex(),
            version,
            policy,
            prepared.csr,
            now,
            key=prepared.key,
            certificates=prepared.certificates,
            failure=failure,
            settles_at=now + SETTLES_S if settles else None,
        )


def _unreachable(issuer: Issuer) -> str:
    return (
        f"The provider {issuer.provider} of issuer {issuer.name} cannot be reached from here. Merge a "
        f"certificate that it signed, or use an issuer of the provider {TEST}, for which a local authority "
        "signs."
    )
