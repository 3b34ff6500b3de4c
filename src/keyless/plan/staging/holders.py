"""Who holds a stored credential, once for each: a plan names every target that it signed in for apart."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from keyless.model.guids import guid_key
from keyless.plan.problem import Subject
from keyless.plan.result import Plan, StoredCredential


def per_holder(credentials: Iterable[StoredCredential]) -> list[StoredCredential]:
    """One for each holder and kind of credential, with the roles and the count of all; in their order."""
    found: dict[tuple[str, str], StoredCredential] = {}
    for one in credentials:
        key = (guid_key(one.principal.principal_id), one.method.value)
        before = found.get(key)
        found[key] = one if before is None else _together(before, one)
    return list(found.values())


def holders_of(subject: Subject, plan: Plan) -> frozenset[str]:
    """The principal ids that get roles for what a credential did: its own, and its successors'."""
    mine = guid_key(subject.principal_id)
    successors = (
        choice.identity.principal_id
        for choice in plan.identities.choices
        if any(guid_key(one.principal_id) == mine for one in choice.replaces)
    )
    return frozenset((subject.principal_id, *successors))


def _together(first: StoredCredential, second: StoredCredential) -> StoredCredential:
    roles = tuple(dict.fromkeys((*first.roles, *second.roles)))
    return structs.replace(first, roles=roles, count=first.count + second.count)
