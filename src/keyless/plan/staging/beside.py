"""Which identities a resource has beside one that it is given, or that is taken from it.

A resource that is patched has to be told the types of all its identities, or it loses those of the others.
"""

from __future__ import annotations

from keyless.model.identities import IdentityKind
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.identities import IdentityChoice


def there_now(choice: IdentityChoice) -> list[Subject]:
    """The managed identities that the resource has now."""
    return [*(one for one in choice.replaces if is_on(choice, one)), *choice.besides]


def is_on(choice: IdentityChoice, old: Subject) -> bool:
    """Whether it is an identity of the resource, and another one than it is to have."""
    if old.resource_id.casefold() == choice.identity.resource_id.casefold():
        return False
    if old.kind is SubjectKind.SYSTEM_ASSIGNED:
        return old.resource_id.casefold() == choice.resource.casefold()
    return old.kind is SubjectKind.USER_ASSIGNED


def kinds_before(choice: IdentityChoice) -> str:
    """The types of identity that the resource has now, as Azure Resource Manager spells them."""
    return _spelled({one.kind for one in there_now(choice)})


def kinds_after(choice: IdentityChoice, gone: Subject) -> str:
    """Those that it has with its new identity and without an old one."""
    staying = {one.kind for one in there_now(choice) if one is not gone}
    return _spelled(staying | {SubjectKind(choice.chosen.value)})


def _spelled(kinds: set[SubjectKind]) -> str:
    return ", ".join(kind.value for kind in IdentityKind if SubjectKind(kind.value) in kinds)
