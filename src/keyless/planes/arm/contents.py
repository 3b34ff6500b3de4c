"""What the management plane needs of the planes that keep key-values and secrets, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

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


class StoreContents(Protocol):
    """The key-values of configuration stores; errors are those of that plane."""

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

    async def forget(self, transaction: Transaction, store_name: str) -> None:
        """Take away everything that a store held, its history included."""
        ...


class VaultContents(Protocol):
    """What vaults hold."""

    async def forget(self, transaction: Transaction, vault_name: str) -> None:
        """Take away everything that a vault held, what was deleted in it included."""
        ...
