"""What vaults and configuration stores hold, told to the planner without a single value.

A value is opened, looked at for its shape, and dropped again: nothing that is returned has it.
"""

from __future__ import annotations

from keyless.catalog.shapes.of_value import shape_of
from keyless.evidence.database import EvidenceDatabase
from keyless.model.reading import READS
from keyless.model.resource_id import ResourceId
from keyless.plan.secrets.stored import NO_PACE, Pace, SecretFacts, StoredKind, StoredValue
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store


async def read_secret_facts(store: Store, evidence: EvidenceDatabase) -> SecretFacts:
    """Every live secret and key-value by name, with what its value looks like, and how fast it was read.

    A secret that stands behind a certificate is the certificate's, and no decision of its own.
    """
    return SecretFacts(
        values=(*await _secrets(store), *await _settings(store)),
        paces=read_paces(evidence),
    )


def read_paces(evidence: EvidenceDatabase) -> dict[tuple[str, str], Pace]:
    """How fast each principal read each thing, and how often it was refused at a limit there."""
    paces: dict[tuple[str, str], Pace] = {}

    def add(who: str, scope: str, **more: int) -> None:
        key = (who.casefold(), scope.casefold())
        before = paces.get(key, NO_PACE)
        paces[key] = Pace(
            per_second=max(before.per_second, more.get("per_second", 0)),
            per_window=max(before.per_window, more.get("per_window", 0)),
            later=before.later + more.get("later", 0),
            again=before.again + more.get("again", 0),
            throttled=before.throttled + more.get("throttled", 0),
        )

    for peak in evidence.peaks():
        if peak.action.casefold() in READS:
            add(peak.principal_id, peak.scope, per_second=peak.per_second, per_window=peak.per_window)
    for read in evidence.later_reads():
        add(read.principal_id, read.scope, later=read.later, again=read.again)
    for who, scope, number in evidence.read_later():
        add(who, scope, later=number)
    for one in evidence.throttled():
        if one.window_s:  # not for want of room
            add(one.principal_id, one.scope, throttled=one.count)
    return paces


async def _secrets(store: Store) -> list[StoredValue]:
    secrets = Secrets(store)
    found = []
    for _, vault in await store.scan(VAULTS):
        container = ResourceId.parse(vault.resource_id)
        for name in await secrets.list_names(vault):
            secret = await secrets.current(vault, name)
            if secret is not None and not secret.version.managed:
                version = secret.version
                found.append(
                    StoredValue(
                        container=container,
                        kind=StoredKind.SECRET,
                        name=secret.name,
                        shape=shape_of(version.value),
                        content_type=version.content_type or "",
                        updated=version.updated,
                        expires=version.expires,
                    )
                )
    return found


async def _settings(store: Store) -> list[StoredValue]:
    key_values = KeyValues(store)
    return [
        StoredValue(
            container=ResourceId.parse(found.resource_id),
            kind=StoredKind.SETTING,
            name=one.key,
            label=one.label or "",
            shape=shape_of(one.value or ""),
            content_type=one.content_type or "",
            updated=one.modified_at,
        )
        for _, found in await store.scan(STORES)
        for one in await key_values.list_all(found.name)
    ]
