"""What was found in all the sources together, as values that can be written to a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keyless.estate.imported.entry import Rank, Unread
from keyless.model.resources import Tenant


@dataclass(frozen=True, slots=True)
class Known:
    """A record, and which of its fields a source has told; the others are made up where nothing is there."""

    record: Any
    said: tuple[str, ...]
    rank: Rank = Rank.LISTED


@dataclass(frozen=True, slots=True)
class Existing:
    """Everything that the sources tell.

    ``orphaned`` are the ids of principals that assignments name and nobody has, according to complete lists.
    ``placeholders`` are those of which nothing is known but the id. ``unread`` could not be taken in;
    ``passed_over`` counts what says nothing of access, by type. ``tenant`` is the one that most of it
    lies in, with the subscription.
    """

    records: tuple[Known, ...] = ()
    tenant: Tenant | None = None
    orphaned: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
