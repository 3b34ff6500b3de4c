"""A kind of object: where the store keeps it, and how it is spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from keyless.planes.keyvault.objects.errors import DeletedNotFound, ObjectNotFound
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.store.ports import Collection

V = TypeVar("V", bound=Version)


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """``noun`` is `secret`, `key` or `certificate`.

    ``belongings`` are further records under ``(vault, name)`` that an object has as a whole, live or deleted,
    and that go when it is purged.
    """

    noun: str
    heads: Collection[Head]
    deleted: Collection[DeletedHead]
    versions: Collection[V]
    not_found: type[ObjectNotFound]
    deleted_not_found: type[DeletedNotFound]
    belongings: tuple[Collection[Any], ...] = ()

    @property
    def path(self) -> str:
        """The path of all live ones, such as ``/secrets``."""
        return f"/{self.noun}s"

    @property
    def collections(self) -> tuple[Collection[Any], ...]:
        """All that the store keeps of them, by the vault's case-folded name first."""
        return (self.heads, self.deleted, self.versions, *self.belongings)
