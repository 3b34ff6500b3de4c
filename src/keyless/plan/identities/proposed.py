"""Identities that do not exist yet: their names, ids and places, the same from the same plan.

Rules:
- a user-assigned identity is called `id-` and what the names of its resources have in common: how they
  begin, else how they end, in whole words, else their resource group; one for a single resource after that
  one. Where the name is taken, six digits follow that depend on the members;
- it lies in the resource group of its first resource by id, and in that one's region;
- its principal id is a placeholder that follows from its resource id, the same as the estate file derives for
  an identity that it declares without ids.

Source: https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-abbreviations
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import takewhile

from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.estate import derived_guid
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resource_id import ResourceId, group_scope
from keyless.plan.problem import Subject, SubjectKind

_MOST = 128
_SHORTEST = 3


def proposed_system_assigned(compute: ComputeResource) -> Subject:
    """The system-assigned identity that a resource is yet to be given."""
    return _subject(system_assigned_identity(ResourceId.parse(compute.resource_id), compute.name))


def proposed_user_assigned(members: Sequence[ComputeResource], taken: Set[str]) -> Subject:
    """A user-assigned identity for resources, in the order of their ids.

    ``taken`` are the case-folded ids of the identities that there are or were, or are proposed.
    """
    first = ResourceId.parse(members[0].resource_id)
    group = group_scope(first.subscription_id or "", first.resource_group or "")
    stem = _fit(f"id-{common_stem([one.name for one in members]) or first.resource_group}")
    found = user_assigned_identity(group, stem)
    if found.resource_id.casefold() in taken:
        digits = derived_guid("members", *(one.resource_id for one in members))[:6]
        found = user_assigned_identity(group, f"{stem[: _MOST - 7]}-{digits}")
    return _subject(found)


def common_stem(names: Sequence[str]) -> str:
    """What names have in common at the beginning, else at the end, in whole words; empty where nothing."""
    if len(set(names)) == 1:
        return names[0]
    if stem := _common_beginning(names):
        return stem
    return _common_beginning([name[::-1] for name in names])[::-1]


def _common_beginning(names: Sequence[str]) -> str:
    """Letters that go on in one of the names are the beginning of a word, which is none of it."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    begun = "".join(letters[0] for letters in alike)
    if any(name[len(begun) : len(begun) + 1].isalpha() for name in names):
        begun = re.sub(r"[A-Za-z]+$", "", begun)
    stem = begun.strip("-_. 0123456789")
    return stem if len(stem) >= _SHORTEST else ""


def _fit(name: str) -> str:
    """The name, in characters and of a length that Azure takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:_MOST].rstrip("-_")


def _subject(identity: ManagedIdentity) -> Subject:
    return Subject(
        identity.principal_id,
        identity.name,
        SubjectKind(identity.kind.value),
        identity.resource_id,
        is_proposed=True,
    )
