"""The feature flags of configuration stores: reading and writing them, on conditions, with their history.

Rules:
- a flag and a key-value that is a flag are two things, whatever they are called;
- every write leaves a revision, kept as long as those of key-values; one that would change nothing is none;
- there are no locks of flags.

Source: https://learn.microsoft.com/azure/azure-app-configuration/concept-enhanced-feature-flags
"""

from __future__ import annotations

import os
from collections.abc import Callable

from keyless.planes.appconfig.conditions import UNCONDITIONAL, Conditions
from keyless.planes.appconfig.etags import new_etag
from keyless.planes.appconfig.feature_flags.records import AS_FLAGS, FEATURE_FLAGS
from keyless.planes.appconfig.key_values import listing
from keyless.planes.appconfig.key_values.history import keep
from keyless.planes.appconfig.key_values.lists import Lists
from keyless.planes.appconfig.key_values.records import KeyValue, Name, key_value_key
from keyless.planes.appconfig.key_values.rules import Content, check_content, check_name, content_of
from keyless.store.ports import Store, Transaction
from keyless.wire.errors import InvalidRequest, NotFound, PreconditionFailed


class FeatureFlags(Lists):
    """All feature flags of a store of records. Times (``now``, ``at``) are epoch seconds."""

    def __init__(self, store: Store, entropy: Callable[[int], bytes] = os.urandom) -> None:
        super().__init__(store)
        self._entropy = entropy

    def sequence(self) -> int:
        """A number that rises with every write."""
        return self._store.revision(FEATURE_FLAGS)

    async def get(self, store_name: str, name: Name, at: float | None = None) -> KeyValue:
        """A flag as it is, or as it was at a time.

        Raises:
            NotFound: there is none.
        """
        if at is None:
            found = await self._store.get(FEATURE_FLAGS, key_value_key(store_name, name))
        else:
            found = await listing.key_value_at(self._store, store_name, name, at, AS_FLAGS)
        if found is None:
            label = f" with the label `{name.label[:256]}`" if name.label else ""
            raise NotFound(f"there is no feature flag `{name.key[:256]}`{label}")
        return found

    async def set(
        self,
        store_name: str,
        name: Name,
        content: Content,
        now: int,
        conditions: Conditions = UNCONDITIONAL,
    ) -> KeyValue:
        """Write a flag; what is there already stays as it is.

        Raises:
            InvalidRequest, PayloadTooLarge: it cannot be called that, or hold that.
            PreconditionFailed: the conditions do not hold.
        """
        check_flag_name(name)
        check_content(name, content)
        async with self._store.transaction() as transaction:
            existing = await _existing(transaction, store_name, name, conditions)
            if existing is not None and content_of(existing) == content:
                return existing
            record = KeyValue(
                key=name.key,
                label=name.label or None,
                value=content.value,
                tags=dict(content.tags),
                description=content.description,
                etag=new_etag(self._entropy),
                modified_at=now,
            )
            await keep(transaction, store_name, name, record, now, AS_FLAGS, must_fit=True)
        return record

    async def delete(
        self, store_name: str, name: Name, now: int, conditions: Conditions = UNCONDITIONAL
    ) -> KeyValue | None:
        """Delete a flag and return what it was; none where there is none.

        Raises:
            PreconditionFailed: the conditions do not hold.
        """
        async with self._store.transaction() as transaction:
            existing = await _existing(transaction, store_name, name, conditions)
            if existing is not None:
                await keep(transaction, store_name, name, None, now, AS_FLAGS)
        return existing


def check_flag_name(name: Name) -> None:
    """Refuse what no flag can be called: what no key can be.

    Raises:
        InvalidRequest: the name or the label is not one.
    """
    try:
        check_name(name)
    except InvalidRequest as error:
        if error.field != "key":
            raise
        raise InvalidRequest(f"no feature flag is called that: {error.message}", field="name") from error


async def _existing(
    transaction: Transaction, store_name: str, name: Name, conditions: Conditions
) -> KeyValue | None:
    """What a write begins from, once its conditions hold."""
    existing = await transaction.get(FEATURE_FLAGS, key_value_key(store_name, name))
    if not conditions.allow_write(existing.etag if existing else None):
        raise PreconditionFailed("the feature flag is not in the state that the request is conditional on")
    return existing
