"""Which identity each compute resource should have, and why."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.identities import IdentityKind
from keyless.plan.problem import Subject


class IdentityChange(enum.StrEnum):
    """What is to be done with a compute resource's identity."""

    KEEP = "keep"
    """It has the right one."""
    ADD = "add"
    """It has none, and gets one."""
    SHARE = "share"
    """It gets a user-assigned identity together with others, in place of its own."""
    SEPARATE = "separate"
    """It gets one of its own, in place of one that it shares and should not."""


class IdentityChoice(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The identity of one compute resource.

    ``resource`` is its ARM id; ``identity`` is what the plan's roles go to, ``members`` the ids of all the
    resources that have it, ``replaces`` the principals whose access it takes over. ``rules`` are the
    names of the rules that spoke, ``would_change`` says what would make the choice another one.
    """

    resource: str
    name: str
    change: IdentityChange
    chosen: IdentityKind
    identity: Subject
    members: tuple[str, ...]
    replaces: tuple[Subject, ...] = ()
    rules: tuple[str, ...] = ()
    reason: str = ""
    would_change: tuple[str, ...] = ()


class NearGroup(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Resources that need nearly the same, and what they would have to give up to share an identity.

    ``members`` are ids; ``widened`` is, for each, how many permissions it would get that it does not need.
    """

    members: tuple[str, ...]
    common: int
    widened: tuple[int, ...]
    assignments_saved: int
    remark: str


class IdentityPlan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Every choice, the near groups, and how many role assignments there are without and with sharing."""

    choices: tuple[IdentityChoice, ...] = ()
    near: tuple[NearGroup, ...] = ()
    assignments_before: int = 0
    assignments_after: int = 0
