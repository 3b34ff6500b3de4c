"""The upkeep of certificates: their operations settle, and they are renewed when their policies say so.

Rules:
- a certificate is renewed at the time that its policy gives, or when it was made or got the policy, whichever
  is latest; not while a version is being made;
- one that cannot be renewed, because its issuer is not there or does not work, is looked at again when
  something of it changes.

Source: https://learn.microsoft.com/azure/key-vault/certificates/overview-renew-certificate
"""

from __future__ import annotations

import logging
from typing import Any

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import CERTIFICATE, PENDING, POLICIES
from keyless.planes.keyvault.certificates.renewal import renewal_due
from keyless.planes.keyvault.certificates.service import Certificates
from keyless.planes.keyvault.objects.vault_records import Live
from keyless.planes.keyvault.upkeep import Due, Kept, ObjectUpkeep
from keyless.store.ports import Store
from keyless.wire.errors import WireError

log = logging.getLogger(__name__)

_SETTLE, _RENEW = 0, 3


class CertificateUpkeep(ObjectUpkeep):
    """The upkeep of the certificates in a store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, CERTIFICATE)
        self._certificates = Certificates(store)

    async def due_of_live(self, vault: Vault, live: Live[Any]) -> list[Due]:
        """As of every object, and the end of its operation, or its renewal."""
        due = await super().due_of_live(vault, live)
        name = live.name
        key = (vault.name.casefold(), name.casefold())
        pending, policy = await self._store.get(PENDING, key), await self._store.get(POLICIES, key)
        if pending is not None and pending.in_progress:
            at = pending.settles_at
            settle = [] if at is None else [Due(at, _SETTLE, lambda at, now: self._settle(vault, name, at))]
            return [*due, *settle]
        at = None if policy is None else renewal_due(policy, live.version)
        if at is None or policy is None:
            return due
        at = max(at, live.version.updated, _changed(policy))
        return [*due, Due(at, _RENEW, lambda at, now: self._renew(vault, name, at))]

    async def _settle(self, vault: Vault, name: str, at: int) -> Kept | None:
        ended = await self._certificates.operations.settle(vault, name, now=at)
        if ended is None or ended.pending.in_progress:
            return None
        return Kept(
            at, f"its operation has ended: {ended.pending.status.value}", self.noun, ended.name, vault.name
        )

    async def _renew(self, vault: Vault, name: str, at: int) -> Kept | None:
        try:
            renewed = await self._certificates.renew(vault, name, now=at)
        except WireError as error:
            log.warning("certificate `%s` of `%s` cannot be renewed: %s", name, vault.name, error)
            return None
        said = "renewed" if not renewed.pending.in_progress else "a new version is being made"
        return Kept(at, said, self.noun, renewed.name, vault.name)


def _changed(policy: CertificatePolicy) -> int:
    return (policy.attributes and policy.attributes.updated) or 0
