"""Pages of what is kept as key-values are: of the things themselves, their labels, and their history."""

from __future__ import annotations

from keyless.planes.appconfig.key_values import listing
from keyless.planes.appconfig.key_values.history import kept_for_s
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.paging import Page
from keyless.store.ports import Key, Store


class Lists:
    """The lists of one kind of what a store of records keeps; ``wanted`` says of which."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, store_name: str, wanted: Wanted, after: Key | None = None) -> Page[KeyValue]:
        """A page of them."""
        return await listing.page_of_key_values(self._store, store_name, wanted, after)

    async def labels(self, store_name: str, wanted: Wanted, after: Key | None = None) -> Page[str | None]:
        """A page of the labels in use."""
        return await listing.page_of_labels(self._store, store_name, wanted, after)

    async def revisions(
        self, store_name: str, wanted: Wanted, now: int, after: Key | None = None
    ) -> Page[KeyValue]:
        """A page of the revisions that have not expired; ``now`` is epoch seconds."""
        expired_before = now - await kept_for_s(self._store, store_name)
        return await listing.page_of_revisions(self._store, store_name, wanted, after, expired_before)
