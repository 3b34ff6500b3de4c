"""What the store keeps of every object of a vault, whatever its kind.

A live object has a head under ``(vault, name)`` among its kind's heads; deleting moves the head to the kind's
deleted ones. Its versions stay where they are, sealed, under ``(vault, name, version)``, until the object is
purged. Vault and name are case-folded in keys: names compare without case.
"""

from __future__ import annotations

import msgspec


class Head(msgspec.Struct, frozen=True, rename="camel"):
    """A live object. ``name`` is as it was first written, ``current`` its newest version's id."""

    name: str
    current: str


class DeletedHead(msgspec.Struct, frozen=True, rename="camel"):
    """A deleted object that can still come back; both times are epoch seconds."""

    name: str
    current: str
    deleted_at: int
    purge_at: int

    def is_gone(self, now: int) -> bool:
        """Whether the time in which it could come back is over."""
        return now >= self.purge_at


class Version(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """One version. ``id`` is 32 hexadecimal digits; all times are epoch seconds.

    ``managed`` says that it stands behind a certificate, and lives and dies with that.
    """

    id: str
    created: int
    updated: int
    enabled: bool = True
    tags: dict[str, str] | None = None
    not_before: int | None = None
    expires: int | None = None
    managed: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether it is whole: of some kinds a version is there before it is."""
        return True

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id!r}, …)"
