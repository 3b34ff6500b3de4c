"""How sure a plan is: what it rests on, and what it has not seen."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.evidence import UnmappedOperation


class Sureness(enum.StrEnum):
    """How far the evidence of an identity can be relied on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class IdentitySureness(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a plan knows of one principal. Times in epoch seconds; ``days`` on which it was seen."""

    principal_id: str
    name: str
    sureness: Sureness
    why: str
    events: int = 0
    days: int = 0
    first_seen: int = 0
    last_seen: int = 0
    not_run: tuple[str, ...] = ()


class Completeness(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The window (epoch seconds), the runs and callers in it, and how many events could be mapped."""

    since: int = 0
    until: int = 0
    runs: int = 0
    callers: int = 0
    events: int = 0
    mapped: int = 0
    unmapped: tuple[UnmappedOperation, ...] = ()
    identities: tuple[IdentitySureness, ...] = ()
