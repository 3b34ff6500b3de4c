"""How sure a plan is: what it rests on, and what it has not seen."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane
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


class NamedCall(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """An operation of a service that code calls by a client's method; ``line`` counts from 1.

    Any of ``actions`` shows that it was run: whether and when it is, code does not say.
    """

    operation: str
    plane: ActionPlane
    actions: tuple[str, ...]
    method: str
    file: str
    line: int


class Completeness(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a plan rests on. Times in epoch seconds.

    The window, the runs in it (how many of them failed, and of what ``programs``) and the callers, how many
    events there were and how many of them an action is known for; per identity how sure the plan is;
    ``not_run`` are the operations that the code calls and nobody was seen to use.
    """

    since: int = 0
    until: int = 0
    days: int = 0
    runs: int = 0
    failed_runs: int = 0
    programs: tuple[str, ...] = ()
    callers: int = 0
    events: int = 0
    mapped: int = 0
    unmapped: tuple[UnmappedOperation, ...] = ()
    identities: tuple[IdentitySureness, ...] = ()
    not_run: tuple[NamedCall, ...] = ()
