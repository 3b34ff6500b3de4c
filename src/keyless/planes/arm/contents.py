"""What the management plane needs of the planes that keep key-values and secrets, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from keyless.model.resources import ConfigurationStore
from keyless.store.ports import Transaction


class KeptKeyValue(Protocol):
    """A key-value; ``modified_at`` is epoch seconds."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def tags(self) -> Mapping[str, str | None]: ...
    @property
    def etag(self) -> str: ...
    @property
    def modified_at(self) -> int: ...
    @property
    def locked(self) -> bool: ...


class KeptFilter(Protocol):
    """Which key-values a snapshot was made of; no label means none."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str | None: ...


class KeptSnapshot(Protocol):
    """A snapshot; times are epoch seconds, and ``failure`` is the code of what stood in its way."""

    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def filters(self) -> Sequence[KeptFilter]: ...
    @property
    def composition(self) -> str: ...
    @property
    def created_at(self) -> int: ...
    @property
    def expires_at(self) -> int | None: ...
    @property
    def retention_s(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def items_count(self) -> int: ...
    @property
    def tags(self) -> Mapping[str, str | None]: ...
    @property
    def etag(self) -> str: ...
    @property
    def failure(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AskedSnapshot:
    """A snapshot to make: ``filters`` are pairs of key and label."""

    filters: tuple[tuple[str, str | None], ...]
    composition: str
    retention_s: int | None
    tags: Mapping[str, str]


class StoreContents(Protocol):
    """What configuration stores hold; errors are those of that plane."""

    async def read(self, store_name: str, key: str, label: str | None) -> KeptKeyValue:
        """A key-value; raises NotFound."""
        ...

    async def write(
        self,
        store_name: str,
        key: str,
        label: str | None,
        content: tuple[str | None, str | None, Mapping[str, str]],
        now: int,
    ) -> KeptKeyValue:
        """Write a key-value: its value, content type and tags."""
        ...

    async def remove(self, store_name: str, key: str, label: str | None, now: int) -> bool:
        """Delete a key-value; false where there was none."""
        ...

    async def snapshot(self, store_name: str, name: str, now: int) -> KeptSnapshot:
        """A snapshot; raises NotFound."""
        ...

    async def make_snapshot(
        self, store: ConfigurationStore, name: str, asked: AskedSnapshot, now: int
    ) -> tuple[KeptSnapshot, bool]:
        """A snapshot as it is asked for, and whether it was made now; raises Conflict where it is another."""
        ...

    async def forget(self, transaction: Transaction, store_name: str) -> None:
        """Take away everything that a store held, its history and snapshots included."""
        ...


class VaultContents(Protocol):
    """What vaults hold."""

    async def forget(self, transaction: Transaction, vault_name: str) -> None:
        """Take away everything that a vault held, what was deleted in it included."""
        ...
