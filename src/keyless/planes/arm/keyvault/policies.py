"""Access policies as the management plane takes and changes them.

Rules:
- every entry is of the vault's tenant, names its principal by a GUID, and gives permissions that there are;
- adding joins permissions to those that the same identity has, replacing puts them in the place of those,
  removing takes them away; an entry that gives nothing any more goes. Other identities' entries stay;
- an identity is the principal together with the application that it asks through, if there is one;
- a vault has at most 1,024 entries.

Pure. Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs

from keyless.model.access_policies import ALL, PERMISSIONS, AccessPolicy, PolicyPermissions
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.keyvault.errors import InvalidValue
from keyless.planes.arm.keyvault.schemas import PermissionsBody, PolicyBody

MOST_POLICIES = 1024
Policies = tuple[AccessPolicy, ...]
_Identity = tuple[str, str | None]


class Change(enum.StrEnum):
    """What to do with given entries."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


def read_policies(given: Iterable[PolicyBody], tenant_id: str) -> Policies:
    """Entries as they are kept; several for one identity are one.

    Raises:
        InvalidContent: one is of another tenant, for no principal, or gives a permission that there is not.
    """
    found = (_read(at, one, tenant_id) for at, one in enumerate(given))
    return changed((), tuple(found), Change.ADD)


def changed(policies: Policies, given: Policies, change: Change) -> Policies:
    """A vault's entries after a change.

    Raises:
        InvalidContent: they would be too many.
    """
    by_identity = {_identity(one): one for one in policies}
    for one in given:
        there = by_identity.pop(_identity(one), None)
        made = _changed(there, one, change)
        if made is not None:
            by_identity[_identity(one)] = made
    if len(by_identity) > MOST_POLICIES:
        raise InvalidValue("accessPolicies")
    return tuple(by_identity.values())


def policy_body(policy: AccessPolicy) -> dict[str, Any]:
    """An entry as the wire has it: a kind of object of which it gives nothing is left out."""
    permissions = {kind: list(policy.permissions.of(kind)) for kind in PERMISSIONS}
    body: dict[str, Any] = {"tenantId": policy.tenant_id, "objectId": policy.object_id}
    if policy.application_id is not None:
        body["applicationId"] = policy.application_id
    return body | {"permissions": {kind: names for kind, names in permissions.items() if names}}


def _changed(there: AccessPolicy | None, given: AccessPolicy, change: Change) -> AccessPolicy | None:
    if change is Change.REPLACE:
        return given
    if there is None:
        return given if change is Change.ADD else None
    combine = _joined if change is Change.ADD else _less
    kinds = {kind: combine(there.permissions.of(kind), given.permissions.of(kind)) for kind in PERMISSIONS}
    left = any(kinds.values()) or change is Change.ADD
    return structs.replace(there, permissions=PolicyPermissions(**kinds)) if left else None


def _joined(mine: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*mine, *other)))


def _less(mine: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in mine if one not in other)


def _identity(policy: AccessPolicy) -> _Identity:
    return policy.object_id, policy.application_id


def _read(at: int, given: PolicyBody, tenant_id: str) -> AccessPolicy:
    if given.tenant_id.casefold() != tenant_id.casefold():
        raise InvalidValue("accessPolicies")
    through = given.application_id
    return AccessPolicy(
        tenant_id,
        _guid(given.object_id, at, "ObjectId"),
        _permissions(given.permissions),
        _guid(through, at, "ApplicationId") if through else None,
    )


def _guid(text: str, at: int, name: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        message = f"Invalid value found at accessPolicies[{at}].{name}: {text[:64]}"
        raise InvalidContent(message, code="BadRequest") from error


def _permissions(given: PermissionsBody) -> PolicyPermissions:
    return PolicyPermissions(**{kind: _known(kind, getattr(given, kind) or ()) for kind in PERMISSIONS})


def _known(kind: str, names: Iterable[str]) -> tuple[str, ...]:
    folded = tuple(dict.fromkeys(name.lower() for name in names))
    if any(name != ALL and name not in PERMISSIONS[kind] for name in folded):
        raise InvalidValue("accessPolicies")
    return folded
