"""Telling that an object has a new version: of what stands behind a certificate nothing is told.

Source: https://learn.microsoft.com/azure/event-grid/event-schema-key-vault
"""

from __future__ import annotations

from typing import Any

from keyless.lifecycle.events import note_event
from keyless.model.events import Happening, Subject
from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.vaults import vault_url
from keyless.store.ports import Transaction


def subject_of(vault: Vault, kind: Kind[Any], name: str, version: Version) -> Subject:
    """A version as events name it."""
    return Subject(
        f"{vault_url(vault.name)}{kind.path}/{name}/{version.id}",
        kind.noun.capitalize(),
        name,
        version.id,
        version.not_before,
        version.expires,
    )


async def note_new_version(
    transaction: Transaction, vault: Vault, kind: Kind[Any], name: str, version: Version, now: int | None
) -> None:
    """Write down that an object has a new version, for whoever is subscribed; by its own time, or ``now``."""
    if version.managed or not version.is_finished:
        return
    subject = subject_of(vault, kind, name, version)
    at = version.updated if now is None else now
    await note_event(transaction, vault, Happening.NEW_VERSION.of(kind.noun), subject, at=at, now=at)
