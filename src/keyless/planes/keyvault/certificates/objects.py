"""Certificates as objects: listed, updated, and told with what belongs to them.

Rules:
- a certificate that was never finished is listed only where that is asked for, and an unfinished version
  is in no list of versions;
- an update changes a version's `enabled` and tags, and those of the key and the secret behind it; `nbf` and
  `exp` are the certificate's own, so that nothing changes them. A policy that comes with it changes that of
  the certificate;
- a version that is being made takes what is changed when it is finished.

Source: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#certificate-attributes-and-tags
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.errors import CertificateNotFound
from keyless.planes.keyvault.certificates.policies import put_changed
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import CERTIFICATE, PENDING, POLICIES, CertificateVersion
from keyless.planes.keyvault.certificates.settling import Wanted, pending_key, with_wanted
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.objects import Objects
from keyless.planes.keyvault.objects.properties import check_tags
from keyless.planes.keyvault.objects.vault_records import Deleted, Live, ObjectWriter
from keyless.planes.keyvault.paging import Page, Paging
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.store.ports import Transaction

Certificate = Live[CertificateVersion]
DeletedCertificate = Deleted[CertificateVersion]


class Belongings(NamedTuple):
    """What a live or deleted certificate has besides its versions."""

    policy: CertificatePolicy | None
    has_operation: bool


class CertificateObjects(Objects[CertificateVersion]):
    """The certificates of all vaults in a store, as objects. Times (``now``) are epoch seconds."""

    async def belongings(self, vault: Vault, name: str) -> Belongings:
        """The policy of a live or deleted certificate, and whether it has an operation."""
        key = pending_key(vault, name)
        policy, operation = await self._store.get(POLICIES, key), await self._store.get(PENDING, key)
        return Belongings(policy, operation is not None)

    async def listed(self, vault: Vault, paging: Paging, *, include_pending: bool) -> Page[Certificate]:
        """A page of live certificates, each with its newest version."""
        page = await self.page(vault, paging)
        shown = [live for live in page.items if include_pending or live.version.is_finished]
        return Page(shown, page.after)

    async def listed_versions(self, vault: Vault, name: str, paging: Paging) -> Page[Certificate]:
        """A page of a live certificate's finished versions."""
        page = await self.page_of_versions(vault, name, paging)
        return Page([live for live in page.items if live.version.is_finished], page.after)

    async def listed_deleted(
        self, vault: Vault, paging: Paging, *, include_pending: bool, now: int
    ) -> Page[DeletedCertificate]:
        """A page of deleted certificates, each with its newest version."""
        page = await self.deleted.page(vault, paging, now=now)
        shown = [gone for gone in page.items if include_pending or gone.version.is_finished]
        return Page(shown, page.after)

    async def update(
        self,
        vault: Vault,
        name: str,
        version_id: str | None,
        wanted: Wanted,
        policy: CertificatePolicy | None = None,
        *,
        now: int,
    ) -> Certificate:
        """Change one version, the newest where none is named, and the policy where one is given.

        Raises:
            InvalidRequest: a tag or the policy is not allowed.
            CertificateNotFound: there is no live certificate of that name, or no such version.
        """
        check_tags(wanted.tags)
        async with self._store.transaction() as transaction:
            live = await _found(transaction, vault, name, version_id)
            if policy is not None:
                await put_changed(transaction, vault, name, policy, now)
            if live.version.is_finished:
                return await _change(transaction, vault, live, wanted, now)
            return await _change_unfinished(transaction, vault, live, wanted, now)


async def _found(transaction: Transaction, vault: Vault, name: str, version_id: str | None) -> Certificate:
    records = ObjectWriter(transaction, CERTIFICATE, vault)
    head = await records.head(name)
    if head is None:
        raise CertificateNotFound(name)
    version = await records.version(name, version_id.lower() if version_id else head.current)
    if version is None:
        raise CertificateNotFound(f"{name}/{version_id}")
    return Certificate(head.name, version)


async def _change(
    transaction: Transaction, vault: Vault, live: Certificate, wanted: Wanted, now: int
) -> Certificate:
    """Change a version, and the key and the secret behind it."""
    given: dict[str, Any] = {
        field: value
        for field, value in (("enabled", wanted.enabled), ("tags", wanted.tags))
        if value is not None
    }
    for kind in (KEY, SECRET, CERTIFICATE):
        records: ObjectWriter[Any] = ObjectWriter(transaction, kind, vault)
        version = await records.version(live.name, live.version.id)
        if version is not None:
            await records.put_version(live.name, msgspec.structs.replace(version, updated=now, **given))
    return Certificate(live.name, msgspec.structs.replace(live.version, updated=now, **given))


async def _change_unfinished(
    transaction: Transaction, vault: Vault, live: Certificate, wanted: Wanted, now: int
) -> Certificate:
    """Change what an operation makes: it stays disabled until it is finished."""
    key = pending_key(vault, live.name)
    pending = await transaction.get(PENDING, key)
    if pending is not None and pending.version.id == live.version.id:
        await transaction.put(PENDING, key, with_wanted(pending, wanted))
    tags = live.version.tags if wanted.tags is None else wanted.tags
    version = msgspec.structs.replace(live.version, updated=now, tags=tags)
    await ObjectWriter(transaction, CERTIFICATE, vault).put_version(live.name, version)
    return Certificate(live.name, version)
